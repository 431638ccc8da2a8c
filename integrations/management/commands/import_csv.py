"""`manage.py import_csv <cabinet> patients|visits FILE [--dry-run]`: checks a file and brings it in; the report goes to standard output."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.imports import runs
from integrations.imports.headings import fields_of
from integrations.imports.reading import refuse_size
from integrations.imports.report import report_csv
from integrations.management.addressing import cabinet_named
from integrations.models.imports import ImportKind, ImportRun, ImportState
from medidesk import clock
from medidesk.errors import MediDeskError
from patients.traits import plain

BY = "import_csv"


class Command(BaseCommand):
    """Import a file."""

    help = "Importe des patients ou des rendez-vous d’un fichier CSV ou iCalendar, ou dit ce que l’import ferait."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which cabinet, which file, what its columns are."""
        parser.add_argument("cabinet", help="nom court ou nom d’hôte du cabinet")
        parser.add_argument("kind", choices=ImportKind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", action="append", default=[], metavar="CHAMP=COLONNE", help="ce qu’est une colonne, par son titre")
        parser.add_argument("--practitioner", default="", help="identifiant du praticien des lignes qui n’en disent rien")
        parser.add_argument("--duration", type=int, default=30, help="durée des lignes qui n’en disent rien, en minutes")
        parser.add_argument("--skip-errors", action="store_true", help="importe le reste quand des lignes sont en erreur")
        parser.add_argument("--dry-run", action="store_true", help="n’importe rien")

    def handle(self, *args: Any, **options: Any) -> None:
        """Report as CSV, figures as one line of JSON last."""
        cabinet = cabinet_named(options["cabinet"])
        content = _content(options["file"])
        with cabinet:
            try:
                run = self._tried(content, options)
                if not options["dry_run"]:
                    runs.ask_import(run.id, accepts_errors=options["skip_errors"], now=clock.now())
                    run = _worked(run.id)
                self.stdout.write(report_csv(run))
            except MediDeskError as problem:
                raise CommandError(problem.message) from problem
            if options["dry_run"]:
                runs.give_up(run.id)
            elif run.state != ImportState.DONE:
                raise CommandError("Rien n’a été importé : l’agenda a changé depuis la vérification, recommencez.")
            self.stdout.write(json.dumps({"import": str(run.id), "state": run.state, "figures": run.figures}))

    def _tried(self, content: bytes, options: dict[str, Any]) -> ImportRun:
        """The file, mapped and tried; nothing of it is kept when that cannot be."""
        run = runs.open_import(options["kind"], options["file"].name, content, by=BY, now=clock.now())
        try:
            said = {**run.mapping, "columns": _columns(run, options["mapping"])}
            if run.kind == ImportKind.VISITS:
                said |= {"duration": options["duration"], "practitioner": _uuid(options["practitioner"]) or run.mapping["practitioner"]}
            runs.set_mapping(run.id, said, now=clock.now())
            runs.ask_check(run.id, now=clock.now())
        except (MediDeskError, CommandError):
            runs.give_up(run.id)
            raise
        return _worked(run.id)


def _worked(run_id: UUID) -> ImportRun:
    """The import once its work is done, by this process or by a worker that was faster."""
    runs.work_due(clock.now())
    run = runs.find_import(run_id)
    if run.state in runs.AWAITING_WORK:
        raise CommandError("Un autre processus s’occupe de cet import ; voyez la page Importer.")
    return run


def _content(path: Path) -> bytes:
    try:
        refuse_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as problem:
        raise CommandError(f"Impossible de lire {path} : {problem.strerror}.") from problem
    except MediDeskError as problem:
        raise CommandError(problem.message) from problem


def _columns(run: ImportRun, said: list[str]) -> dict[str, int]:
    """The guessed columns, corrected by what was said: `birth_name=Nom patronymique`."""
    known = {field.name for field in fields_of(run.kind)}
    headings = [plain(one) for one in runs.table_of(run).headings]
    columns: dict[str, int] = dict(run.mapping["columns"])
    for one in said:
        name, _equals, heading = one.partition("=")
        if name not in known or plain(heading) not in headings:
            raise CommandError(f"« {one} » : écrivez CHAMP=COLONNE. Champs : {', '.join(sorted(known))}.")
        number = headings.index(plain(heading))
        columns = {field: place for field, place in columns.items() if place != number} | {name: number}
    return columns


def _uuid(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError as problem:
        raise CommandError(f"« {text} » n’est pas un identifiant de praticien.") from problem
