"""Cancelling a visit: its time is free at once, and who, when and why are kept."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from agenda.actors import Actor
from agenda.errors import AlreadyCancelled, StatusNotAllowed
from agenda.models import Appointment, Status
from agenda.occupancy import free
from agenda.scheduling.announcing import announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from medidesk.db.transactions import act


@act
def cancel_appointment(
    *,
    appointment_id: UUID,
    by: Literal["patient", "cabinet", "platform"],
    reason: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    origin: str = "",
    takes: Collection[UUID] | None = None,
) -> Appointment:
    """Cancel a visit that has not begun; `takes` is what it took when the caller looked.

    Raises NoSuchAppointment, StaleAppointment, AlreadyCancelled, StatusNotAllowed.
    """
    appointment, resources = lock_appointment(appointment_id, expected_version=expected_version, takes=takes)
    if appointment.status == Status.CANCELLED:
        raise AlreadyCancelled
    if appointment.status not in (Status.REQUESTED, Status.CONFIRMED):
        raise StatusNotAllowed
    before = state_of(appointment, resources)
    appointment.status = Status.CANCELLED
    appointment.cancelled_by, appointment.cancellation_reason, appointment.cancelled_at = by, reason, now
    touch(appointment, now, "status", "cancelled_by", "cancellation_reason", "cancelled_at")
    freed = free(appointment_id=appointment.id)
    announce(appointment, "cancelled", before=before, after=state_of(appointment, []), actor=actor, now=now, origin=origin)
    settle_conflicts(freed, actor=actor, now=now)
    return appointment
