"""The waiting room: who waits and since when, and calling people forward."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.calendar.wall_time import day_range, instant_of
from agenda.desk.day_visits import written_name
from agenda.errors import NoSuchAppointment
from agenda.models import Appointment, Status
from agenda.scheduling import change_status, undo_last
from medidesk.cabinets.current import current_zone

LONG_WAIT = 20  # minutes from which a wait is shown in red
# The steps that the desk may take at once: calling in somebody whose arrival nobody noted notes it.
_WAYS: dict[str, tuple[str, ...]] = {
    Status.ARRIVED: (Status.ARRIVED,),
    Status.IN_CONSULTATION: (Status.ARRIVED, Status.IN_CONSULTATION),
    Status.COMPLETED: (Status.ARRIVED, Status.COMPLETED),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the waiting room; `minutes` since the arrival."""

    appointment_id: UUID
    name: str
    practitioner: str
    start: datetime
    minutes: int
    practitioner_id: UUID

    @property
    def is_long(self) -> bool:
        """Has this person waited too long?"""
        return self.minutes >= LONG_WAIT


def waiting_room(now: datetime, practitioner_ids: Iterable[UUID] | None = None) -> list[Waiting]:
    """Those who have arrived today and were not called yet, the longest wait first; one query."""
    zone = current_zone()
    low, high = day_range(zone, now.astimezone(zone).date())
    rows = Appointment.objects.filter(status=Status.ARRIVED, start__gte=instant_of(low), start__lt=instant_of(high))
    if practitioner_ids is not None:
        rows = rows.filter(practitioner_id__in=list(practitioner_ids))
    rows = rows.select_related("patient", "practitioner").order_by("arrived_at", "start", "id")
    return [_waiting(row, now, zone) for row in rows]


def _waiting(row: Appointment, now: datetime, zone) -> Waiting:
    name = written_name(row.patient.last_name, row.patient.first_names) if row.patient else ""
    minutes = max(0, int((now - row.arrived_at).total_seconds() // 60)) if row.arrived_at else 0
    title = row.practitioner.title
    who = f"{title} {row.practitioner.last_name}" if title else row.practitioner.name
    return Waiting(row.id, name, who, row.start.astimezone(zone), minutes, row.practitioner_id)


@transaction.atomic
def bring_forward(*, appointment_id: UUID, status: str, actor: Actor, now: datetime) -> tuple[Appointment, int]:
    """Bring a visit to `status`, noting an arrival that nobody noted; answers the visit and how many acts that took.

    Raises what `change_status` raises.
    """
    present = Appointment.objects.filter(pk=appointment_id).values_list("status", flat=True).first()
    if present is None:
        raise NoSuchAppointment
    way = _WAYS.get(status, (status,)) if present == Status.CONFIRMED else (status,)
    for step in way:
        appointment = change_status(appointment_id=appointment_id, status=step, actor=actor, now=now)
    return appointment, len(way)


@transaction.atomic
def take_back(*, appointment_id: UUID, acts: int, actor: Actor, now: datetime) -> Appointment:
    """Undo the last gesture, which took one act or two (then the arrival that it noted goes too). Raises what `undo_last` raises."""
    appointment = undo_last(appointment_id=appointment_id, actor=actor, now=now)
    if acts > 1 and appointment.status == Status.ARRIVED:
        appointment = change_status(appointment_id=appointment_id, status=Status.CONFIRMED, actor=actor, now=now)
    return appointment
