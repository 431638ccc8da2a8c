"""The way of a visit through the day: forward by the contract's moves, back one step, never elsewhere."""

from datetime import datetime
from uuid import UUID

from agenda.actors import Actor
from agenda.errors import StatusNotAllowed
from agenda.models import Appointment, JournalEntry, Status
from agenda.models.appointment import FREEING
from agenda.occupancy import free
from agenda.scheduling.announcing import announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from agenda.scheduling.restoring import take_again
from medidesk.db.transactions import act

# REST contract, section 1.1.
FORWARD: dict[str, tuple[str, ...]] = {
    Status.REQUESTED: (Status.CONFIRMED,),
    Status.CONFIRMED: (Status.ARRIVED, Status.NO_SHOW),
    Status.ARRIVED: (Status.IN_CONSULTATION, Status.COMPLETED),
    Status.IN_CONSULTATION: (Status.COMPLETED,),
}
# A platform only knows how a visit ended, not the steps between.
_PLATFORM_ENDS = (Status.COMPLETED, Status.NO_SHOW)


@act
def change_status(
    *, appointment_id: UUID, status: str, actor: Actor, now: datetime, expected_version: int | None = None, origin: str = ""
) -> Appointment:
    """Bring a visit to another status, forward or one step back. Raises NoSuchAppointment, StaleAppointment, StatusNotAllowed (for a
    cancelled visit always), and SlotTaken when a missed visit comes back and its time is gone."""
    appointment, resources = lock_appointment(appointment_id, expected_version=expected_version)
    if not _allowed(appointment, status, actor):
        raise StatusNotAllowed
    before = state_of(appointment, resources)
    was_free = appointment.status in FREEING
    appointment.status = Status(status)
    if status == Status.ARRIVED and appointment.arrived_at is None:
        appointment.arrived_at = now
    elif status in (Status.REQUESTED, Status.CONFIRMED):
        appointment.arrived_at = None
    changed = free(appointment_id=appointment.id) if status in FREEING else []
    if was_free and status not in FREEING:
        resources = [appointment.practitioner_id, *_rooms_before(appointment)]
        changed = take_again(appointment, resources, now)
    touch(appointment, now, "status", "arrived_at")
    announce(appointment, status, before=before, after=state_of(appointment), actor=actor, now=now, origin=origin)
    settle_conflicts(changed, actor=actor, now=now)
    if was_free:
        appointment.refresh_from_db()
    return appointment


def confirm_request(*, appointment_id: UUID, actor: Actor, now: datetime) -> Appointment:
    """The cabinet accepts a visit that waited for its word. Raises what `change_status` raises."""
    return change_status(appointment_id=appointment_id, status=Status.CONFIRMED, actor=actor, now=now)


def _allowed(appointment: Appointment, status: str, actor: Actor) -> bool:
    if appointment.status == Status.CANCELLED:
        return False
    if status in FORWARD.get(appointment.status, ()):
        return True
    if actor.kind == "platform" and status in _PLATFORM_ENDS and appointment.status != status:
        return True
    return status == _step_before(appointment)


def _step_before(appointment: Appointment) -> str | None:
    """The status from which the visit last came forward into its present one: what one step back means."""
    entries = JournalEntry.objects.filter(appointment=appointment, before__isnull=False, after__status=appointment.status)
    for before in entries.order_by("-id").values_list("before", flat=True):
        came_from = before["status"]
        if appointment.status in FORWARD.get(came_from, ()) or (appointment.status in _PLATFORM_ENDS and came_from != appointment.status):
            return came_from
    return None


def _rooms_before(appointment: Appointment) -> list[UUID]:
    """The rooms that the visit had before it gave its time back."""
    entry = JournalEntry.objects.filter(appointment=appointment, after__status=appointment.status).order_by("-id").first()
    entry = entry or JournalEntry.objects.filter(appointment=appointment).exclude(before=None).order_by("-id").first()
    return [UUID(room) for room in (entry.before or {}).get("resources", [])] if entry else []
