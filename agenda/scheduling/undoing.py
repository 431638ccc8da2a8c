"""Taking back the last act on a visit: undo beats "are you sure?"."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.errors import NothingToUndo
from agenda.models import Appointment, JournalEntry
from agenda.models.appointment import FREEING
from agenda.occupancy import free
from agenda.scheduling.announcing import State, announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from agenda.scheduling.restoring import take_again

_UNDOABLE = {"moved", "cancelled", "confirmed", "arrived", "in_consultation", "completed", "no_show"}
_FIELDS = ("start", "end", "practitioner", "site", "visit_reason", "status", "lane")


@transaction.atomic
def undo_last(*, appointment_id: UUID, actor: Actor, now: datetime) -> Appointment:
    """Put a visit back as it was before its last act. Raises NothingToUndo (also for what a platform did), SlotTaken when its
    former time is no longer free, NoSuchAppointment."""
    seen = _last_entry(appointment_id)
    former = [UUID(seen.before["practitioner"]), *map(UUID, seen.before["resources"])]
    appointment, resources = lock_appointment(appointment_id, *former)
    entry = _last_entry(appointment_id)
    if entry.pk != seen.pk:
        raise NothingToUndo
    before = state_of(appointment, resources)
    freed = free(appointment_id=appointment.id)
    _put_back(appointment, entry.before)
    if appointment.status not in FREEING:
        take_again(appointment, former, now)
    touch(appointment, now, *_FIELDS, "cancelled_by", "cancellation_reason", "cancelled_at", "arrived_at")
    announce(appointment, "undone", before=before, after=state_of(appointment), actor=actor, now=now)
    settle_conflicts(freed, actor=actor, now=now)
    return appointment


def _last_entry(appointment_id: UUID) -> JournalEntry:
    entry = JournalEntry.objects.filter(appointment_id=appointment_id).order_by("-id").first()
    if entry is None or entry.before is None or entry.act not in _UNDOABLE or entry.origin:
        raise NothingToUndo
    return entry


def _put_back(appointment: Appointment, state: State) -> None:
    appointment.start, appointment.end = datetime.fromisoformat(state["start"]), datetime.fromisoformat(state["end"])
    appointment.practitioner_id, appointment.status, appointment.lane = UUID(state["practitioner"]), state["status"], state["lane"]
    appointment.site_id = UUID(state["site"]) if state["site"] else None
    appointment.visit_reason_id = UUID(state["visit_reason"]) if state["visit_reason"] else None
    appointment.cancelled_by, appointment.cancellation_reason, appointment.cancelled_at = "", "", None
    if state["status"] in ("requested", "confirmed"):
        appointment.arrived_at = None
