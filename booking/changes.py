"""What patients may change by themselves in a visit already booked."""

from datetime import datetime, timedelta
from uuid import UUID

from agenda.actors import Actor
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.models import Appointment, Status
from agenda.scheduling import cancel_appointment, move_appointment
from booking.errors import TooLateToChange
from booking.holds import SOURCE
from booking.models import OnlineRules

WAITING = (Status.REQUESTED, Status.CONFIRMED)


def may_change(appointment: Appointment, now: datetime) -> bool:
    """Is the visit still to come, and the cabinet's cut-off not passed?"""
    minutes = OnlineRules.objects.values_list("change_until_minutes", flat=True).first() or 0
    return appointment.status in WAITING and now < appointment.start - timedelta(minutes=minutes)


def cancel_by_patient(appointment: Appointment, *, reason: str, now: datetime) -> Appointment:
    """Cancel; the time is free at once. Raises TooLateToChange, and what cancel_appointment raises."""
    if not may_change(appointment, now):
        raise TooLateToChange
    return cancel_appointment(appointment_id=appointment.id, by="patient", reason=reason, actor=Actor.patient(), now=now)


def move_by_patient(appointment: Appointment, *, start: datetime, practitioner_id: UUID, now: datetime) -> Appointment:
    """Move to another free time. Raises TooLateToChange, and what move_appointment raises."""
    if not may_change(appointment, now):
        raise TooLateToChange
    return move_appointment(
        appointment_id=appointment.id, start=start, practitioner_id=practitioner_id, actor=Actor.patient(), now=now
    ).appointment


def visitor_of(appointment: Appointment, now: datetime) -> Visitor:
    """The visitor for whom other times are sought; the delays between one's own visits are checked when moving, this one left out."""
    known = appointment.patient_id is not None and is_known(appointment.patient_id, now)
    return Visitor(status="known" if known else "new", channel=SOURCE)
