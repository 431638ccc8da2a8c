"""Absences that repeat: an RRULE in wall time (RFC 5545, the parts that the REST contract names)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count, islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import epoch_minute, epoch_minute_up, instant_of
from medidesk.errors import Refused

_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,3}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": rf"[+-]?\d{{0,2}}{_DAY}(,[+-]?\d{{0,2}}{_DAY})*",
}
_FOREVER = datetime(9000, 1, 1)
_STEP = {"DAILY": 1, "WEEKLY": 7}
_WEEKDAYS = {day: n for n, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_MANY = 1_000_000
# Enough for a daily absence over two years of horizon; more is cut, so that one row can never hold a request up.
MOST_OCCURRENCES = 1_000


def check_rrule(text: str) -> None:
    """Raise Refused `rrule-not-supported` unless `text` uses only the parts that the contract allows, each once, not COUNT with UNTIL."""
    parts = [part.partition("=") for part in _bare(text).split(";")]
    names = [name for name, _sign, _value in parts]
    understood = all(re.fullmatch(_PARTS.get(name, "(?!)"), value, re.ASCII) for name, _sign, value in parts)
    if not understood or "FREQ" not in names or len(set(names)) < len(names) or {"COUNT", "UNTIL"} <= set(names):
        raise Refused(_("Cette récurrence n’est pas comprise."), code="rrule-not-supported", pointer="/rrule")
    try:
        rrulestr(_local_until(text, ZoneInfo("UTC")), dtstart=datetime(2026, 1, 1))
    except (ValueError, TypeError):
        raise Refused(_("Cette récurrence n’est pas comprise."), code="rrule-not-supported", pointer="/rrule") from None


def occurrences(start: datetime, end: datetime, rrule: str, zone: ZoneInfo, window: Range) -> list[Range]:
    """The ranges of minutes, in `window`, that an absence from `start` to `end` covers, each repeat at the same wall time."""
    if not rrule:
        span = (epoch_minute(start), epoch_minute_up(end))
        return [span] if span[0] < window[1] and window[0] < span[1] else []
    first = start.astimezone(zone).replace(tzinfo=None)
    length = end.astimezone(zone).replace(tzinfo=None) - first
    earliest = instant_of(window[0]).astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)
    low = earliest - length if earliest - first > length else first
    high = instant_of(window[1]).astimezone(zone).replace(tzinfo=None) + timedelta(hours=2)
    text = _local_until(rrule, zone)
    found = _in_steps(text, first, low, high) or _one_by_one(text, first, low, high)
    begins = {first, *islice(found, MOST_OCCURRENCES)}
    spans = [
        (epoch_minute(begin.replace(tzinfo=zone)), epoch_minute_up(_plus(begin, length).replace(tzinfo=zone, fold=1)))
        for begin in begins
        if begin < high
    ]
    return [(a, b) for a, b in spans if a < window[1] and window[0] < b]


def _in_steps(text: str, first: datetime, low: datetime, high: datetime) -> Iterator[datetime] | None:
    """The repeats in [low, high) of the rules that most absences have: every n days, every n weeks, some weekdays of every n weeks without
    a count. By arithmetic, as a cabinet may have thousands of them; None for any other rule."""
    parts = _parts(text)
    days, weekdays = _STEP.get(parts["FREQ"]), parts.get("BYDAY", "")
    if days is None or (weekdays and (days == 1 or "COUNT" in parts or not set(weekdays.split(",")) <= _WEEKDAYS.keys())):
        return None
    step = timedelta(days=days * int(parts.get("INTERVAL", 1)))
    until = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S") if "UNTIL" in parts else datetime.max
    monday = first - timedelta(days=first.weekday())
    bases = [monday + timedelta(days=_WEEKDAYS[one]) for one in set(weekdays.split(","))] if weekdays else [first]
    return (
        base + n * step
        for base in bases
        for n in range(max(0, -((base - low) // step)), min(int(parts.get("COUNT", _MANY)), -((base - high) // step)))
        if first <= base + n * step <= until
    )


def _one_by_one(text: str, first: datetime, low: datetime, high: datetime) -> Iterator[datetime]:
    """The repeats in [low, high) of any other rule, period after period and never past `high`: some rules never fall again, and
    libraries look for them until the year 9999."""
    parts = _parts(text)
    until = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%S") if "UNTIL" in parts else high
    wanted = [(int(number or 0), _WEEKDAYS[day]) for number, day in re.findall(rf"([+-]?\d*){_DAY}", parts.get("BYDAY", ""))]
    days = (
        day for period in _periods(parts["FREQ"], int(parts.get("INTERVAL", 1)), first, high) for day in _falling(period, wanted, first)
    )
    begins = (begin for day in days if first <= (begin := datetime.combine(day, first.time())))
    counted = islice(begins, int(parts.get("COUNT", _MANY)))
    return (begin for begin in takewhile(lambda one: one < high and one <= until, counted) if low <= begin)


def _periods(freq: str, interval: int, first: datetime, high: datetime) -> Iterator[tuple[date, date]]:
    """The days [start, end) of each period, from the one of `first` on: days, weeks from Monday, months or years."""
    start = {"DAILY": first, "WEEKLY": first - timedelta(days=first.weekday()), "MONTHLY": first.replace(day=1)}.get(
        freq, first.replace(month=1, day=1)
    )
    unit = {"DAILY": relativedelta(days=1), "WEEKLY": relativedelta(weeks=1), "MONTHLY": relativedelta(months=1)}.get(
        freq, relativedelta(years=1)
    )
    with suppress(ValueError, OverflowError):  # past the year 9999
        for n in count():
            begin = start + n * interval * unit
            if begin >= high:
                return
            yield begin.date(), (begin + unit).date()


def _falling(period: tuple[date, date], wanted: list[tuple[int, int]], first: datetime) -> list[date]:
    """The days of a period on which the rule falls: its weekdays (the n-th of a month or year), else the first day's place in it."""
    start, end = period
    length = (end - start).days
    if not wanted:
        return [day for day in (_same_place(start, length, first),) if day is not None]
    found = set()
    for number, weekday in wanted:
        days = [start + timedelta(days=n) for n in range((weekday - start.weekday()) % 7, length, 7)]
        place = 0 if length <= 7 else number  # "the second Monday" of a day or a week is its Monday
        found |= set(
            days if not place else days[place - 1 : place] if place > 0 else days[len(days) + place :][:1] if -place <= len(days) else []
        )
    return sorted(found)


def _same_place(start: date, length: int, first: datetime) -> date | None:
    """The day of the period that is where `first` is in its own; None for the 31st of a short month and 29 February."""
    if length == 1:
        return start
    if length == 7:
        return start + timedelta(days=first.weekday())
    try:
        return start.replace(day=first.day) if length < 32 else date(start.year, first.month, first.day)
    except ValueError:
        return None


@lru_cache(maxsize=1_000)
def _parts(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";"))


def _bare(text: str) -> str:
    """The rule alone, in capitals: names and values of a rule know no case."""
    return text.upper().removeprefix("RRULE:")


def _plus(begin: datetime, length: timedelta) -> datetime:
    """The end of an occurrence, within the calendar."""
    return begin + length if _FOREVER - begin > length else max(begin, _FOREVER)


@lru_cache(maxsize=1_000)
def _local_until(rrule: str, zone: ZoneInfo) -> str:
    """The rule with its UNTIL in wall time, as it is worked out in wall time: an instant in UTC is turned, a date is its whole day."""

    def local(match: re.Match[str]) -> str:
        day, time, in_utc = match.groups()
        until = datetime.strptime(day + (time or "T235959"), "%Y%m%dT%H%M%S")
        if in_utc and until < _FOREVER:
            until = until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return f"UNTIL={until:%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8})(T\d{6})?(Z)?", local, _bare(rrule))
