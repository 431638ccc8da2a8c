"""What a platform should show of ours and does not, as far as our references know: told again."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from agenda.calendar.wall_time import instant_of
from agenda.models import Appointment, Hold, Occupancy, Status
from integrations.incoming.references import as_it_can_stand, place
from integrations.models import Connection, ExternalReference, Kind, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.wanted import left_to_close, wanted_for_hold, wanted_for_twin, wanted_for_visit
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_of
from integrations.speaking.vocabulary import VisitStatus, instant_text

AT_ONCE = 500
Shown = tuple[str, tuple[str, ...]]  # what kind of thing stands there, who and when


def retell(connection: Connection, now: datetime) -> int:
    """Have the platform told of what differs; answers how many."""
    found = 0
    upcoming = Appointment.objects.filter(end__gt=now, practitioner__in=connection.practitioners.values("practitioner"))
    for appointment in _perhaps_different(connection, upcoming.exclude(status=Status.CANCELLED)):
        if not outbox.is_waiting(connection, appointment.id) and _differs(connection, appointment, now):
            outbox.tell(connection, appointment.id, act="reconciled", now=now)
            found += 1
    for hold in Hold.objects.filter(state=Hold.State.ACTIVE, expires_at__gt=now):
        references = ExternalReference.objects.standing().filter(connection=connection, hold=hold)
        if wanted_for_hold(connection, hold, now) and not references.exists() and not outbox.is_waiting(connection, hold.id):
            outbox.tell(connection, hold.id, act="reconciled", now=now, is_hold=True)
            found += 1
    return found


def _perhaps_different(connection: Connection, visits: QuerySet[Appointment]) -> Iterator[Appointment]:
    """Those of the visits that do not stand there in the very place that they have here, nor have just their time closed there."""
    there = dict(connection.practitioners.values_list("practitioner_id", "external_id"))
    visits = visits.select_related("patient").order_by("id")
    ids = list(visits.values_list("id", flat=True))
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        shown, taken = _shown(connection, some), _taken(some)
        for visit in visits.filter(pk__in=some):
            practitioner = there[visit.practitioner_id]
            fine = [[(Kind.VISIT.value, (practitioner, instant_text(visit.start), instant_text(visit.end)))]]
            if connection.busy_out and not (connection.appointments_out and visit.patient):
                fine.append([(Kind.BUSY.value, (practitioner, *taken[visit.id, visit.practitioner_id]))])
            if shown[visit.id] not in fine:
                yield visit


def _shown(connection: Connection, visits: Sequence[UUID]) -> dict[UUID | None, list[Shown]]:
    """What stands there of each visit."""
    shown: dict[UUID | None, list[Shown]] = defaultdict(list)
    for twin in ExternalReference.objects.standing().filter(connection=connection, appointment__in=visits):
        shown[twin.appointment_id].append((twin.kind, place(twin.content)))
    return shown


def _taken(visits: Sequence[UUID]) -> dict[tuple[UUID | None, UUID], tuple[str, str]]:
    """From when to when each visit takes each of its resources, buffers inside, as platforms are told; empty texts where it takes none."""
    rows = Occupancy.objects.filter(appointment__in=visits).values_list("appointment", "resource", "start_minute", "end_minute")
    found = {(visit, one): (instant_text(instant_of(low)), instant_text(instant_of(high))) for visit, one, low, high in rows}
    return defaultdict(lambda: ("", ""), found)


def _differs(connection: Connection, appointment: Appointment, now: datetime) -> bool:
    standing = ExternalReference.objects.standing().filter(connection=connection, appointment=appointment)
    twin = next((each for each in standing if each.kind == Kind.VISIT), None)
    if twin is not None and Capability.WRITE_VISITS in connector_of(connection).capabilities:
        same = wanted_for_twin(connection, appointment, VisitStatus(twin.content.get("status", "confirmed")))
        return same is not None and place(as_it_can_stand(connection, same.content(), twin.content)) != place(twin.content)
    wanted = wanted_for_visit(connection, appointment, now)
    if twin is not None:
        wanted = left_to_close(wanted, [twin])
    shown = [place(each.content) for each in standing if each != twin]
    return shown != ([place(wanted.content())] if wanted else []) and not _is_settled(connection, appointment.id)


def _is_settled(connection: Connection, subject: UUID) -> bool:
    """Given up or blocked: already in plain sight, not to be tried again by a timetable; or a person wants it no more."""
    newest = connection.changes.filter(subject=subject).order_by("-id").values_list("state", flat=True).first()
    return newest in (OutboundState.BLOCKED, OutboundState.DEAD, OutboundState.DROPPED)
