"""Taking back the last act on a visit: undo beats "are you sure?"."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.errors import NothingToUndo
from agenda.models import Appointment, JournalEntry, Occupancy
from agenda.models.appointment import FREEING
from agenda.occupancy import free
from agenda.scheduling.announcing import State, announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from agenda.scheduling.restoring import take_again
from agenda.scheduling.swapping import SWAPPED, SWAPPED_WITH
from medidesk.db.locks import lock_until_commit

_UNDOABLE = {"moved", SWAPPED, "cancelled", "confirmed", "arrived", "in_consultation", "completed", "no_show"}
_FIELDS = ("start", "end", "practitioner", "site", "visit_reason", "status", "lane")


@transaction.atomic
def undo_last(*, appointment_id: UUID, actor: Actor, now: datetime) -> Appointment:
    """Put a visit back as it was before its last act; an exchange is taken back on both sides. Raises NothingToUndo (also for what a
    platform did, and for an exchange after which the other visit has changed again), SlotTaken when its former time is no longer free,
    NoSuchAppointment."""
    seen = _last_entries(appointment_id)
    former = {one.appointment_id: [UUID(one.before["practitioner"]), *map(UUID, one.before["resources"])] for one in seen}
    taken = Occupancy.objects.filter(appointment_id__in=former).values_list("resource", flat=True)
    everything = {*taken, *(resource for resources in former.values() for resource in resources)}
    lock_until_commit(everything)
    locked = [lock_appointment(one, *everything) for one in sorted(former)]
    entries = {one.appointment_id: one for one in _last_entries(appointment_id)}
    if {one.pk for one in entries.values()} != {one.pk for one in seen}:
        raise NothingToUndo
    changed = [piece for visit, _resources in locked for piece in free(appointment_id=visit.id)]
    for visit, resources in locked:
        before = state_of(visit, resources)
        _put_back(visit, entries[visit.id].before)
        if visit.status not in FREEING:
            changed += take_again(visit, former[visit.id], now)
        touch(visit, now, *_FIELDS, "cancelled_by", "cancellation_reason", "cancelled_at", "arrived_at")
        announce(visit, "undone", before=before, after=state_of(visit), actor=actor, now=now)
    settle_conflicts(changed, actor=actor, now=now)
    return Appointment.objects.get(pk=appointment_id)


def _last_entries(appointment_id: UUID) -> list[JournalEntry]:
    """The act that would be taken back: one line of the journal, or the two of an exchange."""
    entry = _last_entry(appointment_id)
    if entry.act != SWAPPED:
        return [entry]
    other = _last_entry(UUID(entry.after[SWAPPED_WITH]))
    if other.act != SWAPPED or other.at != entry.at or other.after[SWAPPED_WITH] != str(appointment_id):
        raise NothingToUndo
    return [entry, other]


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
