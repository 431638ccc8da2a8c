"""The times of a series from what people say: every Monday and Thursday at 9, twelve times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agenda.calendar.wall_time import day_pieces, instant_of, wall_range
from medidesk.errors import Refused

MOST_OCCURRENCES = 52
MOST_WEEKS = 26
# The longest horizon that a reason may have: nothing later can be booked.
LONGEST = timedelta(days=732)
WEEK = 7
YEARS = (1970, 5000)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weekdays (Monday is 0) at a wall time, given in minutes from midnight, every `every_n_weeks` from the week of `first_day` on."""

    first_day: date
    weekdays: tuple[int, ...]
    minute: int
    count: int
    every_n_weeks: int = 1

    @property
    def stored(self) -> dict[str, Any]:
        """As the series keeps it."""
        return {
            "from": self.first_day.isoformat(), "weekdays": sorted(set(self.weekdays)), "minute": self.minute, "count": self.count,
            "every_n_weeks": self.every_n_weeks,
        }  # fmt: skip


def starts_of(pattern: Pattern, zone: ZoneInfo) -> list[datetime]:
    """The starts of a pattern, ascending, at the same wall time through clock changes.

    A time that the clocks skip falls at the end of the skipped hour, one that they repeat at its first coming. Raises Refused
    `out-of-bounds` for a number, a weekday or a rhythm that is not admitted.
    """
    _within("/pattern/from", pattern.first_day.year, *YEARS)
    _within("/pattern/count", pattern.count, 1, MOST_OCCURRENCES)
    _within("/pattern/every_n_weeks", pattern.every_n_weeks, 1, MOST_WEEKS)
    _within("/pattern/time", pattern.minute, 0, 24 * 60 - 1)
    _within("/pattern/weekdays", len(set(pattern.weekdays)), 1, WEEK)
    for weekday in pattern.weekdays:
        _within("/pattern/weekdays", weekday, 0, WEEK - 1)
    days = _days(pattern)
    return [_at(zone, next(days), pattern.minute) for _n in range(pattern.count)]


def check_starts(starts: Sequence[datetime], now: datetime) -> None:
    """Raise Refused `out-of-bounds` for too many starts, none, or one that is two years away or more."""
    _within("/occurrences", len(starts), 1, MOST_OCCURRENCES)
    if any(start - now > LONGEST for start in starts):
        raise Refused(_("Une série s’étend sur deux ans au plus."), code="out-of-bounds", pointer="/occurrences")


def _days(pattern: Pattern) -> Iterator[date]:
    """The days of a pattern, without end; those of the first week that come before its first day are not among them."""
    monday = pattern.first_day - timedelta(days=pattern.first_day.weekday())
    while True:
        for weekday in sorted(set(pattern.weekdays)):
            day = monday + timedelta(days=weekday)
            if day >= pattern.first_day:
                yield day
        monday += timedelta(weeks=pattern.every_n_weeks)


def _at(zone: ZoneInfo, day: date, minute: int) -> datetime:
    ranges = wall_range(zone, day, minute, minute + 1)
    return instant_of(ranges[0][0] if ranges else day_pieces(zone, day)[1][0]).astimezone(zone)


def _within(pointer: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise Refused(_("Entre %(low)d et %(high)d.") % {"low": low, "high": high}, code="out-of-bounds", pointer=pointer)
