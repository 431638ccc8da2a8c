"""Candidates minus who is already there: the free starts of one practitioner at one site.

Kept in the process beside what they were made of. Candidates belong to one revision of the set-up, a busy set to one version of
its resource; both are never changed, so what was made of the same objects is the same.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import and_
from uuid import UUID

from agenda.calendar.intervals import bits_of
from agenda.free_times.asked import Asked
from agenda.free_times.busy import Busy
from agenda.free_times.candidates import Candidates
from agenda.free_times.rooms import free_window_starts, rooms_needed
from agenda.free_times.rules.counts import full_days

MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class FreeStarts:
    """Minutes since the epoch, ascending, and RFC 3339 in the cabinet's zone; `json` is the list of the texts."""

    starts: Sequence[int] = ()
    texts: Sequence[str] = ()
    json: bytes = b"[]"

    @classmethod
    def of(cls, starts: Sequence[int], texts: Sequence[str]) -> "FreeStarts":
        """These starts; no text holds anything that JSON would escape."""
        return cls(starts, texts, ('["' + '","'.join(texts) + '"]').encode() if texts else b"[]")


NONE = FreeStarts()
_kept: OrderedDict[tuple, FreeStarts] = OrderedDict()


def free_starts(asked: Asked, candidates: Candidates, chosen: range, busy: dict[UUID, Busy]) -> FreeStarts:
    """Those of the chosen candidates (a range of their numbers) that are free; for others than the staff without the days that are full
    for this reason."""
    reason, counted = asked.reason, not asked.visitor.staff
    rooms = rooms_needed(asked.schedule, reason, (asked.site_id,)) if reason.kinds else ()
    key = (candidates, chosen, counted, busy[asked.practitioner_id], *(busy[room] for room in rooms))
    kept = _kept.get(key)
    if kept is None:
        kept = _kept[key] = _find(asked, candidates, chosen, busy, counted)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return kept


def _find(asked: Asked, candidates: Candidates, chosen: range, busy: dict[UUID, Busy], counted: bool) -> FreeStarts:
    """One look at a byte for each candidate."""
    schedule, practitioner_id, site_id, reason, _visitor, _days = asked
    own = busy[practitioner_id]
    length = reason.before + reason.durations[practitioner_id] + reason.after
    free = free_window_starts(schedule, reason, practitioner_id, site_id, busy, length) << reason.before
    if counted and (full := full_days(schedule, reason, own)):
        free &= ~bits_of(full, own.origin, own.length)
    part = slice(chosen.start, chosen.stop)
    table = (free >> (candidates.origin - own.origin)).to_bytes((own.length + reason.before) // 8 + 1, "little")
    is_free = [*map(and_, map(table.__getitem__, candidates.places[part]), candidates.masks[part])]
    return FreeStarts.of([*compress(candidates.starts[part], is_free)], [*compress(candidates.texts[part], is_free)])
