"""The times that the platform offers: opening hours minus visits and busy times."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from integrations.simulators.directory import Motive, Practitioner
from integrations.simulators.visits import Visits

SEARCHED_DAYS = 91  # how far the first free time is looked for
WEEK_DAYS = 7


@dataclass(frozen=True)
class Day:
    """One day of a practitioner: the free starts in wall time, and whether there are hours at all."""

    date: date
    starts: tuple[datetime, ...]
    has_hours: bool

    @property
    def morning(self) -> list[datetime]:
        """Before 13 h."""
        return [start for start in self.starts if start.hour < 13]

    @property
    def afternoon(self) -> list[datetime]:
        """From 13 h."""
        return [start for start in self.starts if start.hour >= 13]


def free_days(visits: Visits, who: Practitioner, motive: Motive, first: date, days: int, now: datetime) -> list[Day]:
    """The free times of some days in a row, never in the past."""
    length = timedelta(minutes=motive.duration)
    opening = datetime.combine(first, time.min, who.zone)
    taken = visits.taken(who.id, opening - timedelta(days=1), opening + timedelta(days=days + 1))
    found = []
    for each in (first + timedelta(days=index) for index in range(days)):
        starts = (start for start in _starts(who, each, length) if start > now)
        free = tuple(
            start.astimezone(who.zone) for start in starts if not any(start < end and begin < start + length for begin, end in taken)
        )
        found.append(Day(each, free, any(hours.weekday == each.weekday() for hours in who.hours)))
    return found


def first_free(visits: Visits, who: Practitioner, motive: Motive, first: date, now: datetime) -> datetime | None:
    """The first free time within three months, or None."""
    for offset in range(0, SEARCHED_DAYS, WEEK_DAYS):
        for each in free_days(visits, who, motive, first + timedelta(days=offset), WEEK_DAYS, now):
            if each.starts:
                return each.starts[0]
    return None


def is_offered(visits: Visits, who: Practitioner, motive: Motive, start: datetime, now: datetime) -> bool:
    """Whether the page would offer this start."""
    local = start.astimezone(who.zone)
    return local in free_days(visits, who, motive, local.date(), 1, now)[0].starts


def nearest(visits: Visits, who: Practitioner, motive: Motive, wanted: datetime, now: datetime) -> list[datetime]:
    """The three free times nearest to the one wanted, in order."""
    first = max(wanted.astimezone(who.zone).date() - timedelta(days=1), now.astimezone(who.zone).date())
    starts = [start for each in free_days(visits, who, motive, first, WEEK_DAYS, now) for start in each.starts]
    return sorted(sorted(starts, key=lambda start: abs(start - wanted))[:3])


def _starts(who: Practitioner, each: date, length: timedelta) -> Iterator[datetime]:
    """Starts in UTC, one after another from each range's beginning; steps are elapsed time, so clock changes lose nothing."""
    for hours in sorted((hours for hours in who.hours if hours.weekday == each.weekday()), key=lambda hours: hours.start):
        start = datetime.combine(each, hours.start, who.zone).astimezone(UTC)
        end = datetime.combine(each, hours.end, who.zone).astimezone(UTC)
        while start + length <= end:
            yield start
            start += length
