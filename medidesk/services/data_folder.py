"""The data folder: its layout's version, its room on the disk, its removal."""

import os
import shutil
from pathlib import Path

from medidesk.services import unprivileged
from medidesk.services.errors import ServiceError
from medidesk.services.postgres import EmbeddedPostgres
from medidesk.services.valkey import EmbeddedValkey

LAYOUT = "1"
ROOM_TO_BEGIN, ROOM_TO_GO_ON = 1_000_000_000, 200_000_000  # bytes
OURS = ("beat-schedule", "demo-logins.txt", "files", "log", "secret-key", "simulators", "static", "valkey")


def open_data_folder(var: Path) -> None:
    """Make the folder, or refuse one of another version or on a full disk. Raises ServiceError."""
    version = var / "VERSION"
    try:
        (var / "log").mkdir(parents=True, exist_ok=True)
        (var / "run").mkdir(exist_ok=True)
        (var / "simulators").mkdir(exist_ok=True)
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)  # as root, Postgres passes under another account
        _refuse_full_disk(var, ROOM_TO_GO_ON if version.exists() else ROOM_TO_BEGIN)
        if not version.exists():
            version.write_text(LAYOUT + "\n")
    except PermissionError as error:
        raise ServiceError(f"impossible d'écrire dans {error.filename} ; indiquez un autre dossier par MEDIDESK_VAR.") from error
    made_by = version.read_text().strip()
    if made_by != LAYOUT:
        raise ServiceError(
            f"les données de {var} sont d'une autre version de MediDesk ({made_by}, celle-ci est {LAYOUT}) : "
            "`python3 run.py reset` repart à neuf, MEDIDESK_VAR indique un autre dossier."
        )


def _refuse_full_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ServiceError(f"il reste {free // 1_000_000} Mo libres dans {folder}, il en faut {needed // 1_000_000}.")


def clear_data_folder(var: Path, *, database_url: str = "") -> None:
    """Delete the demonstration's data and nothing else; refuses when they lie on a server of somebody else's. Raises ServiceError."""
    if database_url:
        raise ServiceError("reset n'efface pas un serveur désigné par DATABASE_URL ; videz-le vous-même.")
    if not var.exists() or not any(var.iterdir()):
        return
    if not (var / "VERSION").exists():
        raise ServiceError(f"{var} n'a pas été fait par MediDesk : reset n'y touche pas.")
    cluster = EmbeddedPostgres(var / "postgres", var / "log" / "postgres.log")
    cluster.locate()
    cluster.stop_orphan()
    cluster.remove()
    EmbeddedValkey(var / "valkey", var / "log" / "valkey.log").stop_orphan()
    for name in OURS:
        unprivileged.remove(var / name)
        if (var / name).is_file():
            (var / name).unlink()
    (var / "VERSION").unlink()
