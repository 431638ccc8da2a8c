"""The free times of one practitioner at one site: candidates, without who is there, and without what the other rules take out.

Each rule's own listing form stands beside its question in `rules/`; here is only their order.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import compress
from uuid import UUID

from agenda.calendar.intervals import Range, merge, overlaps
from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.asked import Asked
from agenda.free_times.busy import Busy
from agenda.free_times.candidates import Candidates, candidates
from agenda.free_times.counted_visits import CountedVisit
from agenda.free_times.free_starts import NONE as NOTHING_FREE
from agenda.free_times.free_starts import FreeStarts, free_starts
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History
from agenda.free_times.rules.holes import leaving_no_hole
from agenda.free_times.rules.patient import clashes
from agenda.free_times.rules.quotas import closed_by_quotas, quotas_on
from agenda.free_times.rules.who import may_ever_book
from agenda.free_times.schedule import ReasonPlan, Schedule


@dataclass(frozen=True, slots=True)
class Search:
    """What one call works on: for whom, in which days [first, last), within which minutes, and what was read for it."""

    schedule: Schedule
    reason: ReasonPlan
    visitor: Visitor
    days: tuple[date, date]
    now: datetime
    wanted: list[UUID]
    between: Range
    busy: dict[UUID, Busy]
    history: History = History()
    versions: dict[UUID, int] = field(default_factory=dict)
    resources: list[UUID] = field(default_factory=list)
    counted: Mapping[UUID, Sequence[CountedVisit]] = field(default_factory=dict)
    closed_online: bool = False


def free_at(search: Search, practitioner_id: UUID, site_id: UUID) -> FreeStarts:
    """The starts to offer. The staff sees every time that it may book without insisting."""
    visitor, reason = search.visitor, search.reason
    if search.closed_online or not may_ever_book(search.schedule, reason, practitioner_id, visitor):
        return NOTHING_FREE
    found, free = free_before_holes(search, practitioner_id, site_id)
    if visitor.staff:
        return free
    if reason.avoid_holes:
        free = _without_holes(search, practitioner_id, site_id, found, free)
    return _without_clashes(search, free) if search.history.starts else free


def free_before_holes(search: Search, practitioner_id: UUID, site_id: UUID) -> tuple[Candidates, FreeStarts]:
    """The candidates, and those of them that no rule but holes and the patient's own visits takes out."""
    schedule, reason, visitor = search.schedule, search.reason, search.visitor
    asked = Asked(schedule, practitioner_id, site_id, reason, visitor, search.days)
    found = candidates(asked, epoch_minute(search.now))
    chosen = range(bisect_left(found.starts, search.between[0]), bisect_left(found.starts, search.between[1]))
    free = free_starts(asked, found, chosen, search.busy)
    if not visitor.staff and (quotas := quotas_on(schedule, practitioner_id, site_id, reason, visitor)):
        spent = closed_by_quotas(schedule, quotas, search.counted.get(practitioner_id, ()), search.days, epoch_minute(search.now))
        closed = merge(one.minutes for one in spent)
        free = _only(free, [not overlaps(closed, start, start + 1) for start in free.starts]) if closed else free
    return found, free


def _only(free: FreeStarts, is_fine: list[bool]) -> FreeStarts:
    return FreeStarts.of([*compress(free.starts, is_fine)], [*compress(free.texts, is_fine)])


def _without_holes(search: Search, practitioner_id: UUID, site_id: UUID, found: Candidates, free: FreeStarts) -> FreeStarts:
    """Without the times that would leave a useless hole where another would not."""
    own = search.busy[practitioner_id]
    kept = set(leaving_no_hole(search.schedule, search.reason, practitioner_id, site_id, found.ranges, own, free.starts))
    return free if len(kept) == len(free.starts) else _only(free, [start in kept for start in free.starts])


def _without_clashes(search: Search, free: FreeStarts) -> FreeStarts:
    """Without the times too near to the patient's other visits."""
    zone, now_minute = search.schedule.zone, epoch_minute(search.now)
    return _only(free, [not clashes(search.reason, search.history, zone, start, now_minute) for start in free.starts])
