"""Taking time again for a visit that had given it back, or elsewhere for one whose last act is undone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import epoch_minute, epoch_minute_up
from agenda.errors import SlotTaken
from agenda.free_times.schedule import current_schedule
from agenda.models import Appointment
from agenda.occupancy import Taking, clear_expired_holds, overlapping, take


def span_of(appointment: Appointment) -> tuple[int, int]:
    """The minutes a visit takes, with the buffers of its reason."""
    reason = current_schedule().reasons.get(appointment.visit_reason_id) if appointment.visit_reason_id else None
    before, after = (reason.before, reason.after) if reason else (0, 0)
    return epoch_minute(appointment.start) - before, epoch_minute_up(appointment.end) + after


def take_again(appointment: Appointment, resources: Sequence[UUID], now: datetime) -> list[tuple[UUID, Range]]:
    """Take the visit's time on those resources in its lane; answers what it took. Raises SlotTaken when a normal visit's time is no
    longer free. A visit that was in conflict goes back there: `settle_conflicts` on what is answered tells whether it still is.
    """
    span = span_of(appointment)
    clear_expired_holds(resources, span, now)
    if appointment.lane == "normal" and overlapping(resources, span, now, ignore_appointment=appointment.id):
        raise SlotTaken
    taking = Taking(tuple(resources), span, epoch_minute(appointment.start), appointment.visit_reason_id, appointment.lane)
    take(taking, appointment_id=appointment.id)
    return [(one, span) for one in resources]
