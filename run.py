#!/usr/bin/env python3
"""MediDesk in one command: `python3 run.py` (see `python3 run.py help`).

Standard library only. Makes the Python environment from the hashed lock when it is not there yet,
then hands over to `medidesk.services` inside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("MEDIDESK_VENV") or ROOT / ".venv")
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "medidesk-lock.sha256"
LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
FOR_DEVELOPERS = {"test", "bench", "check"}
NEEDED_BYTES = 1_000_000_000
# What says where packages come from is kept; what would change what pip does (PIP_USER, PIP_TARGET…) is not.
PIP_KEPT = {
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TRUSTED_HOST",
}


def stop(sentence: str) -> NoReturn:
    """End with one clear line and exit code 1."""
    sys.exit(f"MediDesk : {sentence}")


def main(arguments: list[str]) -> None:
    """Make the environment ready, then become `python -m medidesk.services …` inside it."""
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 ou plus récent est nécessaire, celui-ci est {sys.version.split()[0]} ({sys.executable}).")
    command = arguments[0] if arguments else "demo"
    lock = DEV_LOCK if command in FOR_DEVELOPERS else LOCK
    try:
        make_ready(lock)
    except PermissionError as error:
        stop(f"impossible d'écrire dans {error.filename} ; indiquez un autre dossier par MEDIDESK_VENV.")
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    environment["PYTHONPATH"] = str(ROOT)
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "medidesk.services", *(arguments or ["demo"])], environment)


def fingerprint(lock: Path) -> str:
    """What a ready environment was made of: the lock's bytes and the Python that runs it."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def make_ready(lock: Path) -> None:
    """Install `lock` unless the environment already carries its stamp (the developers' lock holds the other too)."""
    accepted = {fingerprint(lock), fingerprint(DEV_LOCK)}
    if is_stamped(accepted):
        return
    with open(lock, "rb") as guard:  # two run.py at once: the second waits, then finds the work done
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_stamped(accepted):
            return
        started = time.monotonic()
        print("Environnement Python…", end=" ", flush=True)
        make_environment()
        install(lock)
        STAMP.write_text(fingerprint(lock))
        print(f"{time.monotonic() - started:.0f} s", flush=True)


def is_stamped(accepted: set[str]) -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() in accepted


def make_environment() -> None:
    """Create the environment, or keep one made by this very Python (a changed lock is installed over it)."""
    STAMP.unlink(missing_ok=True)
    if Path(sys.prefix).resolve() == VENV.resolve() or made_by_this_python():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        stop("le module venv de Python est incomplet ; sous Debian ou Ubuntu : apt install python3-venv")
    VENV.parent.mkdir(parents=True, exist_ok=True)
    refuse_full_disk(VENV.parent)
    import venv  # absent from the smallest Pythons: looked for above

    try:
        venv.EnvBuilder(with_pip=True, symlinks=True, clear=VENV.exists()).create(VENV)
    except subprocess.CalledProcessError:
        stop(f"l'environnement Python n'a pas pu être créé dans {VENV} ; sous Debian ou Ubuntu : apt install python3-venv")


def made_by_this_python() -> bool:
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import sys, pip; print(sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version.strip()


def refuse_full_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        stop(f"il reste {free // 1_000_000} Mo libres dans {folder}, il en faut {NEEDED_BYTES // 1_000_000}.")


def install(lock: Path) -> None:
    """Install exactly what the lock names, checked by hash, without compiling anything."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_") or name in PIP_KEPT}
    for name in ("PYTHONHOME", "PYTHONPATH"):
        environment.pop(name, None)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print()
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-1:]
        stop(f"pip n'a pas pu installer {lock.name} : {' '.join(reasons) or 'raison inconnue'}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
