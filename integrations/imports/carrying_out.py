"""Every line of a file through the verbs of the patients and of the diary, in one transaction of the caller's: a trial is the same, undone.

Nobody is merged, no file is changed, no visit refused: an exact match finds a file, a near one makes a provisional file and a pair on the
worklist, a taken time is a conflict.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from agenda.actors import Actor
from agenda.models import Appointment, Lane, Status
from agenda.models.appointment import FREEING
from agenda.scheduling.importing import import_visit
from integrations.imports.errors import PatientNotKnown
from integrations.imports.reading import Table
from integrations.imports.understanding import Ignored, Person, Reader, Understood
from integrations.incoming.brought_in import SOURCE
from integrations.models.imports import ImportKind, ImportLine, ImportRun, ImportState, Outcome
from medidesk.cabinets.current import current_zone
from medidesk.db.locks import lock_until_commit
from medidesk.errors import MediDeskError
from patients.matching import find_exact, same_identity
from patients.models import Patient
from patients.registration import register_patient

BROUGHT_IN = (Outcome.CREATED, Outcome.PROVISIONAL, Outcome.CONFLICT)
_ONE_AT_A_TIME = uuid5(UUID(int=0), "medidesk import")


@dataclass(slots=True)
class _Known:
    """Whose line it is: the file here, whether this import opened it, whether it awaits a look."""

    patient_id: UUID
    is_new: bool = False
    is_provisional: bool = False


@dataclass(slots=True)
class _Case:
    """One line on its way: `outcome` empty while it may still be brought in."""

    line: ImportLine
    understood: Understood | None = None
    known: _Known | None = None


@dataclass(slots=True)
class _Past:
    """What earlier imports brought in, and what this one has met so far."""

    lines: dict[str, tuple[UUID | None, UUID | None]] = field(default_factory=dict)
    keys: dict[str, UUID] = field(default_factory=dict)
    visits: set[tuple[UUID, datetime, UUID | None]] = field(default_factory=set)
    persons: dict[str, _Known] = field(default_factory=dict)
    first_line: dict[str, int] = field(default_factory=dict)
    opened_by: dict[UUID, int] = field(default_factory=dict)


def carry_out(run: ImportRun, table: Table, now: datetime, progress: Callable[[int], None] = lambda _done: None) -> list[ImportLine]:
    """Bring every line in, within the caller's transaction; what became of each, unsaved, in the order of the file."""
    lock_until_commit([_ONE_AT_A_TIME])
    cases = _understood(run, table, now)
    past = _past(run, [case.understood for case in cases if case.understood])
    for case in cases:
        _recognise(case, past)
    for done, case in enumerate(cases):
        if not case.line.outcome:
            _attempt(case, lambda case: _person(run, case, past, now))
        progress(done // 2)
    for done, case in enumerate(cases):
        if not case.line.outcome and run.kind == ImportKind.VISITS:
            _attempt(case, lambda case: _visit(run, case, past, now))
        progress((len(cases) + done) // 2)
    return [case.line for case in cases]


def figures_of(lines: Iterable[ImportLine]) -> dict[str, int]:
    """How many lines of each outcome, and how many files were opened."""
    counted = Counter(str(line.outcome) for line in lines)
    return {**counted, "new_patients": sum(line.patient_is_new for line in lines)}


def _understood(run: ImportRun, table: Table, now: datetime) -> list[_Case]:
    """Each line in our words, or refused, or left aside."""
    reader = Reader(run.mapping, current_zone(), now)
    understand = reader.visit if run.kind == ImportKind.VISITS else reader.patient
    cases = []
    for row in table.rows:
        case = _Case(ImportLine(run=run, number=row.number))
        try:
            case.understood = understand(row)
        except Ignored as why:
            case.line.outcome, case.line.code = Outcome.IGNORED, str(why)
        except MediDeskError as refusal:
            _refused(case.line, refusal)
        else:
            case.line.digest = case.understood.digest
            case.line.patient_key = case.understood.person.key if case.understood.person else ""
            case.line.code = case.understood.person.left_out if case.understood.person else ""
        cases.append(case)
    return cases


def _past(run: ImportRun, understood: list[Understood]) -> _Past:
    """What is known before the first line: a fixed number of questions, whatever the number of lines."""
    done = ImportLine.objects.filter(run__state=ImportState.DONE, outcome__in=BROUGHT_IN)
    earlier = list(
        done.filter(run__kind=run.kind, digest__in={one.digest for one in understood}).values_list("digest", "patient_id", "appointment_id")
    )
    keys = {one.person.key for one in understood if one.person and one.person.key}
    numbered = list(done.filter(patient_key__in=keys, patient_id__isnull=False).values_list("patient_key", "patient_id"))
    ids = {one for _digest, one, _visit in earlier if one} | {one for _key, one in numbered}
    living = set(Patient.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", flat=True))
    past = _Past(
        lines={digest: (patient, visit) for digest, patient, visit in earlier if visit or patient in living},
        keys={key: patient for key, patient in numbered if patient in living},
    )
    visits = [one.visit for one in understood if one.visit]
    if visits:
        starts = [one.start for one in visits]
        standing = Appointment.objects.filter(practitioner__in={one.practitioner for one in visits}).exclude(status__in=FREEING)
        within = standing.filter(start__gte=min(starts), start__lte=max(starts))
        past.visits = set(within.values_list("practitioner_id", "start", "patient_id"))
    return past


def _recognise(case: _Case, past: _Past) -> None:
    """Say of a line that an earlier import, or an earlier line, has brought it in."""
    if case.understood is None:
        return
    digest, line = case.understood.digest, case.line
    if digest in past.lines:
        line.outcome, (line.patient_id, line.appointment_id) = Outcome.ALREADY, past.lines[digest]
    elif digest in past.first_line:
        line.outcome, line.facts = Outcome.DUPLICATE, {"line": past.first_line[digest]}
    else:
        past.first_line[digest] = line.number


def _attempt(case: _Case, step: Callable[[_Case], None]) -> None:
    try:
        step(case)
    except MediDeskError as refusal:
        _refused(case.line, refusal)


def _person(run: ImportRun, case: _Case, past: _Past, now: datetime) -> None:
    """Find or open the file of whom the line names. Raises what register_patient raises."""
    person = case.understood.person if case.understood else None
    if person is None:
        return
    known = case.known = past.persons.get(person.digest or person.key) or _known(run, person, past, now)
    past.persons[person.digest or person.key] = known
    line = case.line
    line.patient_id = known.patient_id
    if run.kind == ImportKind.VISITS:
        line.patient_is_new = known.is_new and past.opened_by.setdefault(known.patient_id, line.number) == line.number
        return
    if known.is_new:
        past.opened_by[known.patient_id] = line.number
        line.patient_is_new, line.outcome = True, Outcome.PROVISIONAL if known.is_provisional else Outcome.CREATED
    elif known.patient_id in past.opened_by:
        line.outcome, line.facts = Outcome.DUPLICATE, {"line": past.opened_by[known.patient_id]}
    else:
        line.outcome = Outcome.FOUND


def _known(run: ImportRun, person: Person, past: _Past, now: datetime) -> _Known:
    """The file of that person: by the cabinet's former number, as exactly that person, else a new one.

    A visit is also given to the only file with its names and birth date: exports of visits seldom tell how to reach people.
    """
    if person.key in past.keys:
        return _Known(past.keys[person.key])
    details = person.details
    if details is None:
        raise PatientNotKnown
    found = find_exact(details)
    if found is None and run.kind == ImportKind.VISITS and len(same := same_identity(details)) == 1:
        found = same[0]
    if found is not None:
        return _Known(found.id)
    patient = register_patient(details, by=run.by, now=now, provisional=None if details.birth_date else True)
    return _Known(patient.id, is_new=True, is_provisional=patient.provisional)


def _visit(run: ImportRun, case: _Case, past: _Past, now: datetime) -> None:
    """Enter the visit; what is over was held. Raises what import_visit raises."""
    line, visit = case.line, case.understood.visit if case.understood else None
    if visit is None:
        return
    if (visit.practitioner, visit.start, line.patient_id) in past.visits:
        line.outcome, line.code = Outcome.ALREADY, "visit-exists"
        return
    appointment = import_visit(
        practitioner_id=visit.practitioner, start=visit.start, end=visit.end, visit_reason_id=visit.reason, patient_id=line.patient_id,
        status=Status.COMPLETED if visit.end <= now else Status.CONFIRMED, actor=Actor(run.by, "staff"), source=SOURCE,
        origin=f"import:{run.id}", now=now,
    )  # fmt: skip
    past.visits.add((visit.practitioner, visit.start, line.patient_id))
    line.appointment_id = appointment.id
    is_conflict = appointment.lane == Lane.CONFLICT and visit.end > now  # two visits at once in the past are history
    line.outcome = Outcome.CONFLICT if is_conflict else Outcome.CREATED
    line.code = line.code or _said_of(case.known)


def _said_of(known: _Known | None) -> str:
    if known is None:
        return "no-patient"
    if not known.is_new:
        return ""
    return "patient-provisional" if known.is_provisional else "patient-new"


def _refused(line: ImportLine, refusal: MediDeskError) -> None:
    line.outcome, line.code, line.facts = Outcome.ERROR, refusal.code[:40], {"message": refusal.message}
