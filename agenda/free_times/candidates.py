"""The starts that a schedule allows, before one looks at who is already there.

Compiled once per practitioner, site, reason, kind of visitor and window, and kept on the schedule itself: a new revision of the
set-up is a new schedule, so nothing here can be stale; hours kept until a release carry the minute at which they change.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from agenda.calendar.intervals import Range, bits_of, runs_of
from agenda.calendar.wall_time import day_range, local_text
from agenda.free_times.asked import Asked
from agenda.free_times.openings import absences, enforced_for, open_ranges, release_minute, rows_for
from agenda.free_times.schedule import Hours, Schedule

MOST_COMPILED = 3_000


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Starts in ascending minutes with their text; true until `valid_until` (a minute), for ever when None.

    `ranges` are the admitted ranges that hold them. `places` and `masks` say where each start lies in a bit set of the minutes from
    `origin` on, written as bytes.
    """

    origin: int
    ranges: list[Range]
    starts: list[int]
    texts: list[str]
    places: list[int]
    masks: list[int]
    valid_until: int | None


def candidates(asked: Asked, now_minute: int) -> Candidates:
    """Starts in the days [first, last) at which the visit lies inside admitted hours, on their grid, outside absences."""
    schedule, practitioner_id, site_id, reason, visitor, days = asked
    key = (practitioner_id, site_id, reason.id, visitor.status, visitor.staff, visitor.channel, days)
    kept = schedule.compiled.get(key)
    if kept is not None and (kept.valid_until is None or now_minute < kept.valid_until):
        return kept
    if len(schedule.compiled) > MOST_COMPILED:
        schedule.compiled.clear()
    compiled = schedule.compiled[key] = _compile(asked, now_minute)
    return compiled


def _compile(asked: Asked, now_minute: int) -> Candidates:
    schedule, practitioner_id, site_id, reason, visitor, days = asked
    duration = reason.durations[practitioner_id]
    rows = rows_for(schedule, practitioner_id, reason.id, site_id)
    ranges = open_ranges(schedule, practitioner_id, rows, days, visitor, now_minute, enforced_for(visitor))
    low, high = day_range(schedule.zone, days[0])[0], day_range(schedule.zone, days[1])[0]
    length = high - low + duration
    away = bits_of(absences(schedule, practitioner_id, site_id, (low, high + duration)), low, length)
    present = runs_of(((1 << length) - 1) & ~away, duration)
    step = reason.grid or duration
    starts = [
        start
        for opened, closed in ranges
        for start in range(opened, closed - duration + 1, step)
        if low <= start < high and present >> (start - low) & 1
    ]
    return Candidates(
        origin=low,
        ranges=ranges,
        starts=starts,
        texts=[local_text(schedule.zone, start) for start in starts],
        places=[(start - low) >> 3 for start in starts],
        masks=[1 << ((start - low) & 7) for start in starts],
        valid_until=_next_release(schedule, rows, days, now_minute),
    )


def _next_release(schedule: Schedule, rows: list[Hours], days: tuple[date, date], now_minute: int) -> int | None:
    """The first minute after now at which kept hours of the window (or of the night before it) open."""
    first, last = days
    kept = [hours for hours in rows if hours.release is not None]
    releases = [
        minute
        for hours in kept
        for n in range(-1, (last - first).days + 1)
        if (minute := release_minute(schedule, hours, first + timedelta(days=n))) is not None and minute > now_minute
    ]
    return min(releases, default=None)
