"""Which hours one set-up admits that another did not: an absence deleted or shortened, longer or new hours, a holiday worked on."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from agenda.calendar.intervals import Range, merge, subtract
from agenda.calendar.wall_time import day_range
from agenda.free_times.openings import Strictness, Visitor, absences, ranges_on, rows_for
from agenda.free_times.schedule import Schedule

# A rule of hours that never ends opens this many ranges at most: who waits is asked for the soonest ones.
MOST_RANGES = 28
# Hours kept for the staff stay kept; by which channel and from when on they may be booked does not matter to who is asked.
_ADMITTED = Strictness(channel=False, release=False)
_ASKED = Visitor(status="known", channel="phone")


def opened(
    before: Schedule, after: Schedule, reasons: Collection[UUID], days: tuple[date, date], now_minute: int
) -> Iterator[tuple[UUID, Range]]:
    """The minutes of the days [first, last) that are open now for one of these reasons and were not: by practitioner, a day after the
    other, at most `MOST_RANGES` of each. Nothing is computed for whom the two set-ups do not differ."""
    for practitioner in after.practitioners:
        if _differs(before, after, practitioner):
            found = _opened_to(before, after, practitioner, reasons, days, now_minute)
            yield from ((practitioner, one) for one in islice(found, MOST_RANGES))


def _differs(before: Schedule, after: Schedule, practitioner: UUID) -> bool:
    was, plan = before.practitioners.get(practitioner), after.practitioners[practitioner]
    whose = (practitioner, *after.sites_with_hours(practitioner, None))
    return (
        was is None
        or was.works_on_holidays != plan.works_on_holidays
        or before.hours.get(practitioner) != after.hours.get(practitioner)
        or any(before.away.get(who) != after.away.get(who) for who in whose)
    )


def _opened_to(
    before: Schedule, after: Schedule, practitioner: UUID, reasons: Collection[UUID], days: tuple[date, date], now_minute: int
) -> Iterator[Range]:
    wanted = [one for one in reasons if practitioner in getattr(after.reasons.get(one), "durations", ())]
    for number in range((days[1] - days[0]).days):
        day = days[0] + timedelta(days=number)
        gained: list[Range] = []
        for reason in wanted:
            open_now = _open_on(after, practitioner, reason, day, now_minute)
            gained += subtract(open_now, _open_on(before, practitioner, reason, day, now_minute)) if open_now else []
        yield from merge(gained)


def _open_on(schedule: Schedule, practitioner: UUID, reason: UUID, day: date, now_minute: int) -> list[Range]:
    """The minutes of that day that admit a visit for this reason somewhere."""
    found: list[Range] = []
    if practitioner not in schedule.practitioners:
        return found
    for site in schedule.sites_with_hours(practitioner, reason):
        rows = rows_for(schedule, practitioner, reason, site)
        if ranges := ranges_on(schedule, practitioner, rows, day, _ASKED, now_minute, _ADMITTED):
            found += subtract(ranges, absences(schedule, practitioner, site, day_range(schedule.zone, day)))
    return found
