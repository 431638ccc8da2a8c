"""Freed times: each one noted while somebody waits is a round of offers, pointed at until it is over, so that no worker's death and
no loss of the bell loses it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from agenda.freed_times import Origin, Span
from agenda.models import FreedTime, WaitingListRules, WaitingOffer
from medidesk.db.prepared import run
from medidesk.due.bell import ring
from medidesk.due.pointers import point, unpoint

KIND = "waiting-list"
# The desk takes its last gesture back within this time: only then is the time offered to somebody else.
SECOND_THOUGHTS = timedelta(minutes=2)
LONGEST_LOOK_BACK = 200  # rounds looked at again when somebody joins
MOST_TOGETHER = 6  # offers open at once in one round
LEAST = timedelta(minutes=5)  # less than this is no room for anybody


def rules() -> WaitingListRules:
    """How the cabinet offers freed times; the usual way when it never said."""
    return WaitingListRules.objects.first() or WaitingListRules()


def note_freed(spans: Sequence[Span], *, origin: str, by_staff: bool, now: datetime) -> None:
    """Open a round for each of these times; none while nobody waits. A time whose round is open goes on with that one.

    Called in the act's transaction. The end of a hold opens no round for a time that was offered before: whoever fills forms and
    leaves them would else have the same people asked again and again.
    """
    if not _somebody_waits():
        return
    by_hold = origin == Origin.HOLD
    if by_hold:
        _reopen_taken(spans, now)
    known = _rounds_on(spans)
    going, new = [], []
    for span in spans:
        those = [one for one in known if (_covers(one, span) if by_hold else Span.of(one) == span)]
        if current := next((one for one in those if one.state == FreedTime.State.OPEN), None):
            going.append(current.id)
        elif not (by_hold and (those or _was_offered(span))):
            same = {"practitioner_id": span.practitioner_id, "start": span.start, "end": span.end}
            new.append(FreedTime(**same, origin=origin, created_at=now))
    FreedTime.objects.bulk_create(new, ignore_conflicts=True)
    proceed([*going, *(one.id for one in new)], now + SECOND_THOUGHTS if by_staff else now, now)


def proceed(freed_ids: Sequence[UUID], at: datetime, now: datetime) -> None:
    """Let the next step of these rounds be done at `at`, in this order."""
    if not freed_ids:
        return
    point(KIND, freed_ids, at)
    if at <= now:
        ring(KIND)


def has_room(freed: FreedTime) -> bool:
    """Is there time in it that is neither taken by a yes nor on offer, and may one more be asked at once? Two rounds may share time:
    whether it is really free, the hold says."""
    rows = freed.offers.filter(state__in=(WaitingOffer.State.OPEN, WaitingOffer.State.ACCEPTED)).values_list("state", "start", "end")
    offers = list(rows)
    taken = sum((max(min(end, freed.end) - max(start, freed.start), timedelta()) for _state, start, end in offers), timedelta())
    asked = sum(state == WaitingOffer.State.OPEN for state, _start, _end in offers)
    return asked < MOST_TOGETHER and freed.end - freed.start - taken >= LEAST


def close(freed: FreedTime, state: str) -> None:
    """The round is over."""
    FreedTime.objects.filter(pk=freed.pk).update(state=state)
    freed.state = FreedTime.State(state)
    unpoint(KIND, [freed.id])


def look_again(now: datetime) -> None:
    """A wish is new or has changed: the times that nobody wanted may suit it."""
    _reopen(FreedTime.objects.filter(state=FreedTime.State.NOBODY), now)


def _reopen(rows: Any, now: datetime) -> None:
    ids = list(rows.filter(end__gt=now).order_by("start").values_list("id", flat=True)[:LONGEST_LOOK_BACK])
    for freed in FreedTime.objects.select_for_update(skip_locked=True).filter(pk__in=ids):
        same = Q(practitioner_id=freed.practitioner_id, start=freed.start, end=freed.end, state=FreedTime.State.OPEN)
        if not FreedTime.objects.filter(same).exists():
            FreedTime.objects.filter(pk=freed.pk).update(state=FreedTime.State.OPEN)
            proceed([freed.id], now, now)


def _reopen_taken(spans: Iterable[Span], now: datetime) -> None:
    """The rounds that found their time taken by a hold go on."""
    for span in spans:
        taken = FreedTime.objects.filter(practitioner_id=span.practitioner_id, state=FreedTime.State.TAKEN)
        _reopen(taken.filter(start__lt=span.end, end__gt=span.start), now)


def _rounds_on(spans: Sequence[Span]) -> list[FreedTime]:
    """The rounds that have a minute in common with any of the times; one query."""
    whose = {span.practitioner_id for span in spans}
    low, high = min(span.start for span in spans), max(span.end for span in spans)
    return list(FreedTime.objects.filter(practitioner_id__in=whose, start__lt=high, end__gt=low))


def _covers(freed: FreedTime, span: Span) -> bool:
    return freed.practitioner_id == span.practitioner_id and freed.start <= span.start and span.end <= freed.end


def _was_offered(span: Span) -> bool:
    return WaitingOffer.objects.filter(practitioner_id=span.practitioner_id, start=span.start).exists()


_SOMEBODY = "SELECT EXISTS (SELECT FROM agenda_waitinglistentry WHERE state IN ('waiting', 'offered') AND deleted_at IS NULL)"


def _somebody_waits() -> bool:
    [(answer,)] = run((_SOMEBODY, ()))
    return bool(answer)
