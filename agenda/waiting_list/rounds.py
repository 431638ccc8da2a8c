"""Freed times: each one noted while somebody waits is a round of offers, pointed at until it is over, so that no worker's death and
no loss of the bell loses it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from agenda.models import FreedTime, Hold, WaitingListEntry, WaitingListRules
from agenda.models.appointment import FREEING
from medidesk.due.bell import ring
from medidesk.due.pointers import point, unpoint

KIND = "waiting-list"
# The desk takes its last gesture back within this time: only then is the time offered to somebody else.
SECOND_THOUGHTS = timedelta(minutes=2)
LONGEST_LOOK_BACK = 200  # rounds looked at again when somebody joins


def rules() -> WaitingListRules:
    """How the cabinet offers freed times; the usual way when it never said."""
    return WaitingListRules.objects.first() or WaitingListRules()


def note_freed(before: Mapping[str, Any] | None, after: Mapping[str, Any], *, by_staff: bool, now: datetime) -> FreedTime | None:
    """Open a round for the time that an act on a visit gave back; nothing when it gave none, it is past, or nobody waits.

    Called in the act's transaction, which holds the lock of the practitioner: two acts cannot note the same time at once.
    """
    if before is None or before["status"] in FREEING or _same_place(before, after):
        return None
    start, end = datetime.fromisoformat(before["start"]), datetime.fromisoformat(before["end"])
    if end <= now or not _somebody_waits():
        return None
    same = {"practitioner_id": UUID(before["practitioner"]), "start": start, "end": end, "state": FreedTime.State.OPEN}
    freed = FreedTime.objects.filter(**same).first() or FreedTime.objects.create(**same, created_at=now)
    proceed(freed.id, now + SECOND_THOUGHTS if by_staff else now, now)
    return freed


def proceed(freed_id: UUID, at: datetime, now: datetime) -> None:
    """Let the next step of a round be done at `at`."""
    point(KIND, [freed_id], at)
    if at <= now:
        ring(KIND)


def close(freed: FreedTime, state: str) -> None:
    """The round is over."""
    FreedTime.objects.filter(pk=freed.pk).update(state=state)
    freed.state = FreedTime.State(state)
    unpoint(KIND, [freed.id])


def reopen_after_hold(hold: Hold, now: datetime) -> None:
    """A hold has ended: the rounds that found their time taken by it go on."""
    taken = FreedTime.objects.filter(practitioner_id=hold.practitioner_id, state=FreedTime.State.TAKEN)
    _reopen(taken.filter(start__lt=hold.end, end__gt=hold.start), now)


def look_again(now: datetime) -> None:
    """A wish is new or has changed: the times that nobody wanted may suit it."""
    _reopen(FreedTime.objects.filter(state=FreedTime.State.NOBODY), now)


def _reopen(rows: Any, now: datetime) -> None:
    ids = list(rows.filter(end__gt=now).order_by("start").values_list("id", flat=True)[:LONGEST_LOOK_BACK])
    for freed in FreedTime.objects.select_for_update(skip_locked=True).filter(pk__in=ids):
        same = Q(practitioner_id=freed.practitioner_id, start=freed.start, end=freed.end, state=FreedTime.State.OPEN)
        if not FreedTime.objects.filter(same).exists():
            FreedTime.objects.filter(pk=freed.pk).update(state=FreedTime.State.OPEN)
            proceed(freed.id, now, now)


def _same_place(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if after["status"] in FREEING:
        return False
    return (before["start"], before["end"], before["practitioner"]) == (after["start"], after["end"], after["practitioner"])


def _somebody_waits() -> bool:
    return WaitingListEntry.objects.filter(state__in=("waiting", "offered"), deleted_at=None).exists()
