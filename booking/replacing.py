"""Choosing again after the cabinet had to cancel: the times it proposes that are still free, and any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import current_schedule
from agenda.mass_absence.rebooking import open_line
from agenda.models import Appointment, MassAbsenceLine, Status
from booking.links import sign_visit
from booking.week import Time
from medidesk.cabinets.current import current_zone


@dataclass(frozen=True, slots=True)
class AlsoConcerned:
    """Another visit that the same message told of."""

    appointment: Appointment
    was: datetime
    token: str
    rebooked: bool


def replaceable(appointment: Appointment) -> MassAbsenceLine | None:
    """The line of the absence that took this visit, when a time can be chosen instead (or was); None otherwise."""
    if appointment.status != Status.CANCELLED or appointment.visit_reason_id is None or appointment.patient_id is None:
        return None
    return open_line(appointment.id)


def proposed_times(line: MassAbsenceLine, appointment: Appointment, visitor: Visitor, now: datetime) -> list[Time]:
    """The proposed times that are still free, ascending."""
    wanted = {(UUID(one["practitioner"]), datetime.fromisoformat(one["start"])) for one in line.proposals}
    wanted = {(practitioner, start) for practitioner, start in wanted if start > now}
    if not wanted or appointment.visit_reason_id is None:
        return []
    zone = current_zone()
    days = sorted(start.astimezone(zone).date() for _practitioner, start in wanted)
    offers = free_slots(
        visit_reason_id=appointment.visit_reason_id, start_date=days[0], end_date=days[-1] + timedelta(days=1), now=now, visitor=visitor,
        practitioner_ids=list({practitioner for practitioner, _start in wanted}),
    )  # fmt: skip
    names = {plan.id: plan.name for plan in current_schedule().practitioners.values()}
    times = [
        Time(datetime.fromisoformat(slot.text), slot.text, offer.practitioner_id, names[offer.practitioner_id], offer.site_id)
        for offer in offers
        for slot in offer.slots
        if (offer.practitioner_id, slot.start) in wanted
    ]
    return sorted(times, key=lambda one: one.start)


def also_concerned(appointment: Appointment) -> list[AlsoConcerned]:
    """The other visits of the household, when one message told of several."""
    together = MassAbsenceLine.objects.filter(appointment=appointment, told_with__isnull=False).values_list("told_with", flat=True)
    told = list(together)
    if not told:
        return []
    lines = MassAbsenceLine.objects.filter(told_with__in=told).exclude(appointment=appointment)
    lines = lines.select_related("appointment__practitioner").order_by("was_start", "id")
    return [
        AlsoConcerned(line.appointment, line.was_start, sign_visit(line.appointment_id), line.rebooked_id is not None) for line in lines
    ]
