"""« Peu importe »: whom a visit goes to when the patient does not mind (docs/decisions: fairness)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import day_range, local_date
from agenda.free_times.busy import Busy
from agenda.free_times.schedule import Schedule


def week_range(schedule: Schedule, minute: int) -> Range:
    """The local week, from Monday to Sunday, that holds the minute."""
    day = local_date(schedule.zone, minute)
    monday = day - timedelta(days=day.weekday())
    return day_range(schedule.zone, monday)[0], day_range(schedule.zone, monday + timedelta(days=6))[1]


def fairest_first(schedule: Schedule, practitioners: Sequence[UUID], busy: dict[UUID, Busy], minute: int) -> list[UUID]:
    """Those with the fewest minutes taken that day first, then that week; equals keep the order of the columns.

    `busy` reaches over the whole week. A minute that two visits share counts once; buffers and holds count.
    """
    day, week = day_range(schedule.zone, local_date(schedule.zone, minute)), week_range(schedule, minute)
    return sorted(practitioners, key=lambda one: (_taken(busy[one], day), _taken(busy[one], week)))


def _taken(busy: Busy, part: Range) -> int:
    low, high = max(part[0], busy.origin), min(part[1], busy.origin + busy.length)
    return (busy.bits >> (low - busy.origin) & ((1 << max(0, high - low)) - 1)).bit_count()
