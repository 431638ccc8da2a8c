"""An import from its file to its end: opened, mapped, checked, imported, taken back. A worker does what takes long, in one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from agenda.models import Practitioner, VisitReason
from integrations.imports.calendars import calendar_as_csv, is_calendar
from integrations.imports.carrying_out import carry_out, figures_of
from integrations.imports.errors import FileForgotten, MappingIncomplete, NoSuchImport, NotNow, TooLateToUndo
from integrations.imports.headings import fields_of, guess_columns
from integrations.imports.names import guess_people
from integrations.imports.reading import Table, decode, read_csv
from integrations.imports.undoing import take_back
from integrations.models.imports import ImportKind, ImportLine, ImportRun, ImportState, Outcome
from medidesk.cabinets.current import current_zone
from medidesk.due import bell, pointers
from medidesk.errors import Refused

KIND = "import"
UNDONE_WITHIN = timedelta(days=30)
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
AWAITING_WORK = (ImportState.CHECKING, ImportState.IMPORTING, ImportState.UNDOING)
_BEFORE = {ImportState.CHECKING: ImportState.DRAFT, ImportState.IMPORTING: ImportState.CHECKED, ImportState.UNDOING: ImportState.DONE}
_MOST_MINUTES = 24 * 60


class _Tried(Exception):
    """Undoes a trial."""


def open_import(kind: str, file_name: str, content: bytes, *, by: str, now: datetime) -> ImportRun:
    """Take a file in: read, kept sealed (a calendar as its table), its columns guessed.

    Raises Refused as reading does, or `file-is-calendar`; nothing is kept then.
    """
    text, encoding = decode(content)
    written_as = "ics" if is_calendar(text) else "csv"
    if written_as == "ics" and kind != ImportKind.VISITS:
        raise Refused(_("Un calendrier contient des rendez-vous\u00a0: choisissez «\u00a0Rendez-vous\u00a0»."), code="file-is-calendar")
    if written_as == "ics":
        text = calendar_as_csv(text, current_zone(), now)
    table = read_csv(text)
    run = ImportRun(
        kind=ImportKind(kind), by=by, file_name=file_name[-200:], digest=sha256(content).hexdigest(), encoding=encoding, format=written_as,
        line_count=len(table.rows), created_at=now,
    )  # fmt: skip
    run.text = text
    run.mapping = guess_people({"columns": guess_columns(run.kind, table.headings)}, run.kind, table)
    run.save(force_insert=True)
    return run


def find_import(run_id: UUID) -> ImportRun:
    """Raises NoSuchImport."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise NoSuchImport
    return run


def table_of(run: ImportRun) -> Table:
    """The file's lines. Raises FileForgotten."""
    text = run.text
    if not text:
        raise FileForgotten
    return read_csv(text)


@transaction.atomic
def set_mapping(run_id: UUID, mapping: Mapping[str, Any], *, now: datetime) -> ImportRun:
    """Say what the columns are; what was checked before is checked again. Raises NoSuchImport, NotNow, FileForgotten, MappingIncomplete.

    Texts of the file that name no practitioner or reason yet are guessed first, so that a page can show them.
    """
    run = _locked(run_id, ImportState.DRAFT, ImportState.CHECKED)
    table = table_of(run)
    known = {field.name for field in fields_of(run.kind)}
    columns = {name: number for name, number in mapping.get("columns", {}).items() if name in known and 0 <= number < len(table.headings)}
    run.mapping = guess_people({**mapping, "columns": columns}, run.kind, table)
    run.lines.all().delete()
    run.state, run.figures, run.notice, run.checked_at = ImportState.DRAFT, {}, "", None
    run.save()
    return run


def refuse_incomplete(run: ImportRun) -> None:
    """Raise MappingIncomplete when a column that the import needs is not said, or who and what its texts are is not possible."""
    columns = run.mapping["columns"]
    named = "full_name" in columns or ("first_names" in columns and ("birth_name" in columns or "used_name" in columns))
    if run.kind == ImportKind.PATIENTS and not named:
        raise MappingIncomplete(_("Dites quelles colonnes sont le nom et le prénom."), pointer="/columns/birth_name")
    if run.kind == ImportKind.PATIENTS:
        return
    if "date" not in columns:
        raise MappingIncomplete(_("Dites quelle colonne est la date."), pointer="/columns/date")
    if not (run.mapping.get("practitioner") or any(run.mapping.get("practitioners", {}).values())):
        raise MappingIncomplete(_("Dites de quel praticien sont ces rendez-vous."), pointer="/practitioner")
    if not 0 < run.mapping.get("duration", 30) <= _MOST_MINUTES:
        raise MappingIncomplete(_("Une durée va de 1 minute à 24 heures."), pointer="/duration")
    _refuse_unknown(Practitioner, [run.mapping.get("practitioner", ""), *run.mapping.get("practitioners", {}).values()])
    _refuse_unknown(VisitReason, run.mapping.get("reasons", {}).values())


@transaction.atomic
def ask_check(run_id: UUID, *, now: datetime) -> ImportRun:
    """Have the whole import tried and undone. Raises NoSuchImport, NotNow, FileForgotten, MappingIncomplete."""
    run = _locked(run_id, ImportState.DRAFT, ImportState.CHECKED)
    refuse_incomplete(run)
    if run.forgotten_at:
        raise FileForgotten
    return _await_work(run, ImportState.CHECKING, now)


@transaction.atomic
def ask_import(run_id: UUID, *, accepts_errors: bool, now: datetime) -> ImportRun:
    """Have it done. Lines in error stop it unless `accepts_errors`. Raises NoSuchImport, NotNow, FileForgotten, Refused `has-errors`."""
    run = _locked(run_id, ImportState.CHECKED)
    if run.forgotten_at:
        raise FileForgotten
    if run.figures.get(Outcome.ERROR, 0) and not accepts_errors:
        raise MappingIncomplete(
            _("Des lignes sont en erreur\u00a0: corrigez le fichier, ou acceptez de les laisser de côté."),
            code="has-errors",
            pointer="/errors",
        )
    run.accepts_errors = accepts_errors
    return _await_work(run, ImportState.IMPORTING, now)


@transaction.atomic
def ask_undo(run_id: UUID, *, now: datetime) -> ImportRun:
    """Have what it created removed where nothing else has touched it. Raises NoSuchImport, NotNow, TooLateToUndo."""
    run = _locked(run_id, ImportState.DONE)
    if not can_undo(run, now):
        raise TooLateToUndo
    return _await_work(run, ImportState.UNDOING, now)


def can_undo(run: ImportRun, now: datetime) -> bool:
    """May this import be taken back today?"""
    return run.state == ImportState.DONE and run.done_at is not None and now <= run.done_at + UNDONE_WITHIN


@transaction.atomic
def give_up(run_id: UUID) -> None:
    """Remove an import that brought nothing in, with its file. Raises NoSuchImport, NotNow."""
    _locked(run_id, ImportState.DRAFT, ImportState.CHECKED).delete()


def work_due(now: datetime) -> int:
    """Do what was asked of imports, each in one transaction; answers how many. What fails three times is given back with a notice."""
    done = 0
    for run_id in ImportRun.objects.filter(state__in=AWAITING_WORK).order_by("created_at").values_list("id", flat=True):
        if _claim(run_id, now):
            with transaction.atomic():
                done += _work(run_id, now)
    return done


def progress_of(run: ImportRun) -> int:
    """How many lines the worker has gone through; 0 when nobody knows."""
    return int(cache.get(_progress_key(run.id)) or 0)


def _claim(run_id: UUID, now: datetime) -> bool:
    """Count the attempt and put the next one off, so that a worker that dies is followed by another; too many end it."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=AWAITING_WORK).first()
        if run is None:
            return False
        run.attempts += 1
        if run.attempts > MOST_ATTEMPTS:
            run.state, run.notice = _BEFORE[ImportState(run.state)], "failed"
            pointers.unpoint(KIND, [run.id])
        else:
            pointers.point(KIND, [run.id], now + LEASE)
        run.save(update_fields=["attempts", "state", "notice"])
        return run.state in AWAITING_WORK


def _work(run_id: UUID, now: datetime) -> bool:
    run = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=AWAITING_WORK).first()
    if run is None:
        return False
    run.notice = ""
    if run.state == ImportState.CHECKING:
        _keep(run, _try(run, now))
        run.state, run.checked_at = ImportState.CHECKED, now
    elif run.state == ImportState.IMPORTING:
        _import(run, now)
    else:
        run.figures["undone"] = take_back(run, now)
        run.state, run.undone_at = ImportState.UNDONE, now
    pointers.unpoint(KIND, [run.id])
    run.save()
    cache.delete(_progress_key(run.id))
    return True


def _try(run: ImportRun, now: datetime) -> list[ImportLine]:
    """The whole import, undone: what the lines will come to, without the ids of what no longer exists."""
    lines: list[ImportLine] = []
    try:
        with transaction.atomic():
            lines = carry_out(run, table_of(run), now, _progress(run))
            raise _Tried
    except _Tried:
        pass
    for line in lines:
        line.appointment_id = line.appointment_id if line.outcome == Outcome.ALREADY else None
        line.patient_id = line.patient_id if line.outcome in (Outcome.ALREADY, Outcome.FOUND) else None
    return lines


def _import(run: ImportRun, now: datetime) -> None:
    """All the lines, or none: an error that the check did not know stops everything, and is shown as a new check."""
    known_errors = run.figures.get(Outcome.ERROR, 0)
    try:
        with transaction.atomic():
            lines = carry_out(run, table_of(run), now, _progress(run))
            if sum(line.outcome == Outcome.ERROR for line in lines) > known_errors:
                raise _Tried
    except _Tried:
        _keep(run, _try(run, now))
        run.state, run.checked_at, run.notice = ImportState.CHECKED, now, "changed"
        return
    _keep(run, lines)
    run.state, run.done_at = ImportState.DONE, now


def _keep(run: ImportRun, lines: list[ImportLine]) -> None:
    run.lines.all().delete()
    ImportLine.objects.bulk_create(lines, batch_size=1000)
    run.figures = figures_of(lines)


def _await_work(run: ImportRun, state: ImportState, now: datetime) -> ImportRun:
    run.state, run.attempts, run.notice = state, 0, ""
    run.save()
    pointers.point(KIND, [run.id], now)
    bell.ring(KIND)
    return run


def _locked(run_id: UUID, *states: ImportState) -> ImportRun:
    """The run, nobody else changing it; one that a worker is at is not waited for."""
    find_import(run_id)
    run = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run_id, state__in=states).first()
    if run is None:
        raise NotNow
    return run


def _refuse_unknown(model: Any, ids: Any) -> None:
    wanted = {one for one in ids if one}
    try:
        known = model.objects.filter(pk__in={UUID(one) for one in wanted}, deleted_at=None).count()
    except ValueError:
        known = -1
    if known != len(wanted):
        raise MappingIncomplete(_("Un praticien ou un motif choisi n’existe plus\u00a0: choisissez à nouveau."), pointer="/practitioners")


def _progress(run: ImportRun) -> Any:
    """Tells the pages how far the worker is, every 250 lines."""
    key = _progress_key(run.id)

    def tell(done: int) -> None:
        if done and done % 250 == 0:
            cache.set(key, done, LEASE.total_seconds())

    return tell


def _progress_key(run_id: UUID) -> str:
    return f"import-progress:{run_id}"
