"""One start to examine, and what the rules may ask about it; everything costly is worked out at most once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from agenda.calendar.intervals import Range, covering
from agenda.calendar.wall_time import DAY, epoch_minute, local_date
from agenda.free_times.busy import Busy
from agenda.free_times.counted_visits import CountedVisit, read_counted
from agenda.free_times.openings import ALL, NONE, Strictness, Visitor, enforced_for, open_ranges, rows_for
from agenda.free_times.patient_history import History
from agenda.free_times.rooms import choose_rooms
from agenda.free_times.schedule import Hours, ReasonPlan, Schedule

# In the order in which they are enforced: one that refuses is lifted again before the next is tried.
CONDITIONS = ("audience", "channel", "holiday", "release")


@dataclass(frozen=True, slots=True)
class Opening:
    """The admitted range in which the visit lies (None: no hours at all), and the conditions of the hours that refuse it."""

    within: Range | None
    refused_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One start: minutes since the epoch. `listing` answers what is free that day for such a visitor, holes apart; `off_minute`: the
    instant asked for lies inside that minute, not at its beginning; `ignored` is the visit that moves."""

    schedule: Schedule
    reason: ReasonPlan
    practitioner_id: UUID
    site_id: UUID | None
    start: int
    duration: int
    visitor: Visitor
    now: datetime
    busy: dict[UUID, Busy]
    history: History
    listing: Callable[["Case"], Sequence[int]]
    off_minute: bool = False
    preferred_rooms: Sequence[UUID] = ()
    ignored: UUID | None = None
    already_counted: Sequence[CountedVisit] | None = None

    @property
    def end(self) -> int:
        """The minute at which the visit ends."""
        return self.start + self.duration

    @property
    def span(self) -> Range:
        """What the visit takes, buffers inside."""
        return self.start - self.reason.before, self.end + self.reason.after

    @property
    def now_minute(self) -> int:
        """The minute that has begun."""
        return epoch_minute(self.now)

    @property
    def is_offered(self) -> bool:
        """Does the practitioner offer the reason? If not, hours and counts have nothing to say."""
        return self.practitioner_id in self.reason.durations

    @cached_property
    def day(self) -> date:
        """The local day on which the visit starts."""
        return local_date(self.schedule.zone, self.start)

    @cached_property
    def rows(self) -> list[Hours]:
        """The hours that admit the reason here."""
        return rows_for(self.schedule, self.practitioner_id, self.reason.id, self.site_id)

    @cached_property
    def counted(self) -> Sequence[CountedVisit]:
        """What quotas count around this start; one query unless that was read before."""
        if self.already_counted is not None:
            return self.already_counted
        around = (self.start - 2 * DAY, self.start + 2 * DAY)
        return read_counted([self.practitioner_id], around, self.now, self.ignored)[self.practitioner_id]

    @cached_property
    def free_that_day(self) -> Sequence[int]:
        """The starts that listing finds that day, before it looks at holes."""
        return self.listing(self)

    @cached_property
    def rooms(self) -> list[UUID] | None:
        """The rooms and devices that the visit would take; None when there are not enough."""
        return choose_rooms(
            self.schedule, self.reason, self.site_id, lambda room: self.busy[room].is_free(*self.span), self.preferred_rooms
        )  # fmt: skip

    @cached_property
    def opening(self) -> Opening:
        """Where the visit lies; the grid is that of the range which listing shows to such a visitor."""
        if (strict := self.covered(ALL)) is not None:
            return Opening(self.covered(enforced_for(self.visitor)) if self.visitor.staff else strict)
        within, enforced, refused = self.covered(NONE), NONE, set()
        if within is None:
            return Opening(None)
        for condition in CONDITIONS:
            stricter = replace(enforced, **{condition: True})
            if (found := self.covered(stricter)) is None:
                refused.add(condition)
            else:
                enforced, within = stricter, found
        return Opening(self.covered(enforced_for(self.visitor)) or within, frozenset(refused))

    def covered(self, enforced: Strictness) -> Range | None:
        """The range, under the enforced conditions, in which the visit lies."""
        days = (self.day, self.day + timedelta(days=1))
        ranges = open_ranges(self.schedule, self.practitioner_id, self.rows, days, self.visitor, self.now_minute, enforced)
        return covering(ranges, self.start, self.end)
