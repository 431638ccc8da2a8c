"""From a schedule to ranges of minutes: which hours admit a visit, which absences and holidays close them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from agenda.calendar.intervals import Range, merge, overlaps
from agenda.calendar.public_holidays import public_holiday
from agenda.calendar.recurrence import occurrences
from agenda.calendar.wall_time import DAY, day_range, wall_range
from agenda.free_times.schedule import Hours, QuotaPlan, Schedule

# How far back hours that touch across midnight are followed to find where their grid starts.
LONGEST_CHAIN_DAYS = 31
# Minutes of a stretch of time over which repeated absences are worked out together: about a month.
BLOCK = 32 * DAY


@dataclass(frozen=True, slots=True)
class Visitor:
    """For whom times are sought: known to the cabinet or not, staff or not, through which channel, and who when that is known."""

    status: Literal["new", "known"] = "new"
    staff: bool = False
    channel: str = "partner"
    patient_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Strictness:
    """Which conditions of the hours are enforced; each is a rule of its own, and `explain` lifts them one by one."""

    audience: bool = True
    channel: bool = True
    holiday: bool = True
    release: bool = True


ALL = Strictness()
NONE = Strictness(False, False, False, False)
# The staff is warned, not refused, about audience, channel and release: its lists show those times too.
FOR_STAFF = Strictness(audience=False, channel=False, release=False)


def enforced_for(visitor: Visitor) -> Strictness:
    """The conditions of the hours that listing enforces for such a visitor."""
    return FOR_STAFF if visitor.staff else ALL


def admits_audience(hours: Hours, visitor: Visitor) -> bool:
    """Are these hours for such a visitor?"""
    return hours.audience == "everyone" or visitor.staff or (hours.audience == "known" and visitor.status == "known")


def admits_channel(hours: Hours, visitor: Visitor) -> bool:
    """Are these hours open to the visitor's channel?"""
    return not hours.channels or visitor.channel in hours.channels


def release_minute(schedule: Schedule, hours: Hours | QuotaPlan, day: date) -> int | None:
    """When hours kept for the staff, or limited by a quota, open to others, for their occurrence on `day`; None without a release."""
    if hours.release is None:
        return None
    days_before, minute = hours.release
    ranges = wall_range(schedule.zone, day - timedelta(days=days_before), minute, minute + 1)
    return ranges[0][0] if ranges else day_range(schedule.zone, day - timedelta(days=days_before))[0]


def closed_by_holiday(schedule: Schedule, practitioner_id: UUID, hours: Hours, day: date) -> str | None:
    """The holiday that closes weekly hours on `day`; dated hours open it, and some work on holidays."""
    if hours.dated is not None or schedule.practitioners[practitioner_id].works_on_holidays:
        return None
    return public_holiday(schedule.postal_codes.get(hours.site, ""), day)


def ranges_on(
    schedule: Schedule,
    practitioner_id: UUID,
    rows: Iterable[Hours],
    day: date,
    visitor: Visitor,
    now_minute: int,
    enforced: Strictness = ALL,
) -> list[Range]:
    """The minutes of `day` that the rows open, under the enforced conditions."""
    found: list[Range] = []
    for hours in rows:
        if not hours.holds_on(day):
            continue
        if enforced.audience and not admits_audience(hours, visitor):
            continue
        if enforced.channel and not admits_channel(hours, visitor):
            continue
        if enforced.holiday and closed_by_holiday(schedule, practitioner_id, hours, day):
            continue
        if enforced.release and (release_minute(schedule, hours, day) or 0) > now_minute:
            continue
        found += wall_range(schedule.zone, day, hours.start, hours.end)
    return found


def rows_for(schedule: Schedule, practitioner_id: UUID, reason_id: UUID | None, site_id: UUID | None) -> list[Hours]:
    """The practitioner's hours for that reason (None: any) at that site (None: any)."""
    return [
        hours
        for hours in schedule.hours.get(practitioner_id, ())
        if (site_id is None or hours.site == site_id) and (reason_id is None or not hours.reasons or reason_id in hours.reasons)
    ]


def open_ranges(
    schedule: Schedule,
    practitioner_id: UUID,
    rows: list[Hours],
    days: tuple[date, date],
    visitor: Visitor,
    now_minute: int,
    enforced: Strictness = ALL,
) -> list[Range]:
    """The merged ranges that have a minute in the days [first, last): each with its true start and end, also beyond the window.

    Hours that touch across midnight are one range, so the days before are read as long as they touch (at most a month).
    """
    first, last = days

    def of(day: date) -> list[Range]:
        return ranges_on(schedule, practitioner_id, rows, day, visitor, now_minute, enforced)

    found = [one for n in range((last - first).days + 1) for one in of(first + timedelta(days=n))]
    edge = day_range(schedule.zone, first)[0]
    day, chain = first, merge(found)
    for _ in range(LONGEST_CHAIN_DAYS):
        day -= timedelta(days=1)
        before = of(day)
        if not (before and max(end for _, end in before) == edge and (not chain or chain[0][0] <= edge)):
            break
        chain = merge([*chain, *before])
        edge = day_range(schedule.zone, day)[0]
        if chain[0][0] > edge:
            break
    low, high = day_range(schedule.zone, first)[0], day_range(schedule.zone, last)[0]
    return [(start, end) for start, end in chain if start < high and end > low]


def absences(schedule: Schedule, practitioner_id: UUID, site_id: UUID | None, window: Range) -> list[Range]:
    """When the practitioner is away, or the site closed, in the window of minutes."""
    whose = (practitioner_id, site_id) if site_id else (practitioner_id,)
    blocks = range(window[0] // BLOCK, -(-window[1] // BLOCK))
    found = (one for who in whose for block in blocks for one in _away_in(schedule, who, block))
    return merge((start, end) for start, end in found if start < window[1] and window[0] < end)


def _away_in(schedule: Schedule, who: UUID, block: int) -> list[Range]:
    """All absences of one practitioner or site that have a minute in this block, merged: worked out once for each set-up, however
    many there are, not with every visit examined."""
    rows = schedule.away.get(who)
    if not rows:
        return []
    kept = schedule.compiled.setdefault(("away", who), {})
    if block not in kept:
        part = (block * BLOCK, (block + 1) * BLOCK)
        kept[block] = merge(one for row in rows for one in occurrences(row.start, row.end, row.rrule, schedule.zone, part))
    return kept[block]


def is_absent(schedule: Schedule, practitioner_id: UUID, site_id: UUID | None, start: int, end: int) -> bool:
    """Does the visit [start, end) meet an absence or a closure?"""
    return overlaps(absences(schedule, practitioner_id, site_id, (start, end)), start, end)
