"""Absences closed on a platform as busy time, and opened again when they are deleted or shortened: the flow `absences`.

What should be closed is worked out anew each time and compared with what is: nothing is sent when nothing differs. A row stands
before each write, so that whoever comes after a crash looks there, by the row's reference, before writing again. The times of visits
that stand there stay out of what is closed, for platforms close no time that a visit takes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from agenda.calendar.intervals import Range, subtract
from agenda.calendar.wall_time import day_range, epoch_minute, epoch_minute_up, instant_of, local_date
from agenda.free_times.openings import absences
from agenda.free_times.schedule import Schedule, current_schedule
from agenda.models import Appointment
from agenda.models.appointment import FREEING
from integrations.errors import ConnectorError, KeyRefused, Refused, Taken
from integrations.incoming.applying import News, apply_news
from integrations.models import ClosedAbsence, Connection, ExternalReference, Kind
from integrations.outgoing import outbox
from integrations.speaking.base import Capability, Connector
from integrations.speaking.calls import calling, note_failure, note_told
from integrations.speaking.registry import connector_of
from integrations.speaking.vocabulary import PlatformBusy, VisitStatus

HORIZON = timedelta(days=365)
DAY_MINUTES = 24 * 60
# A visit that nobody here knew of changes what is to be closed.
MOST_ROUNDS = 3
MOST_WRITES = 200  # of a turn; the rest in the next one
# Another worker may be about to write what it has just noted.
PATIENCE = timedelta(minutes=1)
Piece = tuple[str, datetime, datetime]


def close_absences(connection: Connection, now: datetime, *, checking: bool = False) -> int:
    """Bring what is closed there into line with the absences here; answers how many writes it took. `checking`: ask first whether what
    was closed still is. What fails is tried again the next time."""
    if not connection.writes or connection.exported_at is None or Capability.WRITE_BUSY not in connector_of(connection).capabilities:
        return 0
    connection.closed_absences.filter(end__lte=now).delete()
    wanted, done = _wanted(connection, now), 0
    for _round in range(MOST_ROUNDS):
        done += _bring_into_line(connection, wanted, now, checking=checking)
        before, wanted = wanted, _wanted(connection, now)
        if wanted == before:
            break
    return done


def _bring_into_line(connection: Connection, wanted: set[Piece], now: datetime, *, checking: bool) -> int:
    rows = {(row.practitioner, row.start, row.end): row for row in connection.closed_absences.all()}
    missing = sorted(wanted - {piece for piece, row in rows.items() if row.external_id or row.refused})
    unwanted = [row for piece, row in rows.items() if piece not in wanted]
    if not (missing or unwanted or (checking and rows)):
        return 0
    try:
        with calling(connection) as connector:
            if checking:
                missing = sorted({*missing, *_vanished(connector, [row for piece, row in rows.items() if piece in wanted], now)})
            return _write(connection, connector, missing[:MOST_WRITES], unwanted[:MOST_WRITES], now)
    except ConnectorError as problem:
        note_failure(connection, problem, now)
        return 0


def _wanted(connection: Connection, now: datetime) -> set[Piece]:
    """A piece for each day that an absence touches, none longer than 24 hours; none where absences do not flow."""
    if not connection.absences:
        return set()
    schedule = current_schedule()
    today = day_range(schedule.zone, local_date(schedule.zone, epoch_minute(now)))[0]
    window = (today, epoch_minute(now + HORIZON))
    found: set[Piece] = set()
    for there, who in connection.practitioners.values_list("external_id", "practitioner_id"):
        if who not in schedule.practitioners:
            continue
        for start, end in subtract(_away(schedule, who, window), _visits_there(connection, who)):
            found |= {(there, instant_of(low), instant_of(high)) for low, high in _by_day(schedule, max(start, today), end)}
    return {piece for piece in found if piece[2] > now}


def _away(schedule: Schedule, practitioner: UUID, window: Range) -> list[Range]:
    """When the practitioner is away, or the only site where they work is closed."""
    sites = schedule.practitioners[practitioner].sites
    return absences(schedule, practitioner, sites[0] if len(sites) == 1 else None, window)


def _visits_there(connection: Connection, practitioner: UUID) -> list[Range]:
    """The times that visits of this agenda take there, or will."""
    twins = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT, appointment__practitioner=practitioner)
    shown = twins.values_list("content__start", "content__end")
    spans = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in shown]
    here = Appointment.objects.filter(practitioner=practitioner).exclude(status__in=FREEING)
    if not connection.appointments_out:
        here = here.filter(external_references__in=twins)
    spans += list(here.exclude(patient=None).values_list("start", "end"))
    return sorted((epoch_minute(start), epoch_minute_up(end)) for start, end in spans)


def _by_day(schedule: Schedule, start: int, end: int) -> Iterator[Range]:
    while start < end:
        edge = min(day_range(schedule.zone, local_date(schedule.zone, start))[1], start + DAY_MINUTES, end)
        yield start, edge
        start = edge


def _vanished(connector: Connector, rows: list[ClosedAbsence], now: datetime) -> list[Piece]:
    """The pieces that are not closed there any more."""
    gone = [row for row in rows if row.external_id and not connector.busy_of(str(row.reference))]
    ClosedAbsence.objects.filter(pk__in=[row.pk for row in gone]).update(external_id="", tried_at=now - PATIENCE)
    return [(row.practitioner, row.start, row.end) for row in gone]


def _write(connection: Connection, connector: Connector, missing: list[Piece], unwanted: list[ClosedAbsence], now: datetime) -> int:
    """The new ones closed, then the old ones opened."""
    done = sum([_close(connection, connector, piece, now) for piece in missing])
    done += sum([_open(connector, row) for row in unwanted])
    if done:
        note_told(connection, now)
        outbox.wake_blocked(connection, now)
    return done


def _close(connection: Connection, connector: Connector, piece: Piece, now: datetime) -> bool:
    practitioner, start, end = piece
    with transaction.atomic():
        row, new = ClosedAbsence.objects.select_for_update().get_or_create(
            connection=connection, practitioner=practitioner, start=start, end=end, defaults={"tried_at": now}
        )
        if row.external_id or (not new and now - row.tried_at < PATIENCE):
            return False
        ClosedAbsence.objects.filter(pk=row.pk).update(tried_at=now)
    there = [] if new else connector.busy_of(str(row.reference))
    try:
        wanted = PlatformBusy(practitioner, start, end, client_reference=str(row.reference))
        closed = there[0] if there else connector.create_busy(wanted, uuid4())
    except KeyRefused:
        raise
    except Taken as problem:
        if _import_what_stands(connection, connector, piece, now):
            row.delete()  # what is to be closed is another now
        else:
            ClosedAbsence.objects.filter(pk=row.pk).update(refused=str(problem)[:300] or "taken")
        return False
    except Refused as problem:
        ClosedAbsence.objects.filter(pk=row.pk).update(refused=str(problem)[:300] or "refused")
        return False
    ClosedAbsence.objects.filter(pk=row.pk).update(external_id=closed.external_id)
    return not there


def _import_what_stands(connection: Connection, connector: Connector, piece: Piece, now: datetime) -> bool:
    """A visit that nobody here knew of stands in that time: it comes in. Answers whether any did."""
    practitioner, start, end = piece
    visits = [each for each in connector.window(start, end, practitioner).visits if each.status != VisitStatus.CANCELLED]
    for visit in visits:
        apply_news(News(connection, visit, now, fetched=True))
    return bool(visits)


def _open(connector: Connector, row: ClosedAbsence) -> bool:
    known = [row.external_id] if row.external_id else [each.external_id for each in connector.busy_of(str(row.reference))]
    for external_id in known:
        connector.delete_busy(external_id, uuid5(row.reference, "open"))
    row.delete()
    return bool(known)
