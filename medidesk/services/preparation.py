"""What must be done before the first page: migrations, static files, demo data; each skipped when nothing has changed."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.progress import step
from medidesk.services.root import ROOT

APPS = ("medidesk", "patients", "agenda", "booking", "integrations")


class Preparation:
    """The `manage.py` commands of a start, remembered in `marks` (a folder that lives and dies with the data)."""

    def __init__(self, env: Mapping[str, str], marks: Path | None, logs: Path, *, quiet: bool = False) -> None:
        self.env = env
        self.marks = marks
        self.logs = logs
        self.quiet = quiet

    def migrate(self) -> None:
        """Bring the shared schema and every cabinet's up to date."""
        mark = of_files(migrations(), [ROOT / "requirements.lock"])
        self._once("Migrations", "migrate_schemas", ["--noinput", "-v", "0"], mark)

    def collect_static(self) -> None:
        """Gather, hash and compress the static files."""
        files = (path for folder in (ROOT / "static", *ROOT.glob("*/static")) for path in folder.rglob("*") if path.is_file())
        destination = Path(self.env["MEDIDESK_VAR"]) / "static"
        mark = of_stamps(files, [ROOT / "requirements.lock"]) + str(destination.is_dir())
        self._once("Fichiers statiques", "collectstatic", ["--noinput", "-v", "0"], mark)

    def seed(self, today: str) -> None:
        """Make or bring up to date the demo data; once a day, or when the addresses or the seed itself change."""
        addresses = [
            self.env.get(name, "") for name in ("MEDIDESK_PORT", "MEDIDESK_DOCTOLIB_URL", "MEDIDESK_MAIIA_URL", "MEDIDESK_FAKE_NOW")
        ]
        mark = of_files(_sources("*seed*.py"), _sources("*demo*/**/*.py")) + " ".join([today, *addresses])
        self._once("Données de démonstration", "seed_demo", [], mark)
        self._once("Informations pratiques de démonstration", "seed_site_notes", [], mark)

    def _once(self, label: str, command: str, arguments: list[str], mark: str) -> None:
        kept = self.marks / f"medidesk-{command}" if self.marks else None
        if kept and kept.exists() and kept.read_text() == mark:
            return
        with step(label, quiet=self.quiet):
            self._manage(command, arguments)
        if kept:
            kept.write_text(mark)

    def _manage(self, command: str, arguments: list[str]) -> None:
        log = self.logs / f"{command}.log"
        with open(log, "wb") as output:
            argv = [sys.executable, str(ROOT / "manage.py"), command, *arguments]
            done = subprocess.run(argv, cwd=ROOT, env=dict(self.env), stdout=output, stderr=output, check=False)
        if done.returncode:
            raise ServiceError(f"{command} a échoué ({last_line(log)}) ; voyez {log}")


def migrations() -> list[Path]:
    """Every migration of every app, and of the apps within apps."""
    return _sources("migrations/*.py")


def _sources(pattern: str) -> list[Path]:
    return sorted(path for app in APPS for path in (ROOT / app).rglob(pattern))


def of_files(*groups: Iterable[Path]) -> str:
    """A mark of the files' contents."""
    digest = sha256()
    for path in (path for group in groups for path in group):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def of_stamps(*groups: Iterable[Path]) -> str:
    """A mark of the files' names, sizes and times: quick for many files."""
    digest = sha256()
    for path in sorted(path for group in groups for path in group):
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
