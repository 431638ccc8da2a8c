"""Absences that repeat: an RRULE in wall time (RFC 5545, the parts that the REST contract names)."""

import re
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

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
    rule = rrulestr(_local_until(rrule, zone), dtstart=first)
    earliest = instant_of(window[0]).astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)
    low = earliest - length if earliest - first > length else first
    high = instant_of(window[1]).astimezone(zone).replace(tzinfo=None) + timedelta(hours=2)
    begins = {first, *takewhile(lambda begin: begin < high, rule.xafter(low, count=MOST_OCCURRENCES, inc=True))}
    spans = [
        (epoch_minute(begin.replace(tzinfo=zone)), epoch_minute_up(_plus(begin, length).replace(tzinfo=zone, fold=1)))
        for begin in begins
        if begin < high
    ]
    return [(a, b) for a, b in spans if a < window[1] and window[0] < b]


def _bare(text: str) -> str:
    """The rule alone, in capitals: names and values of a rule know no case."""
    return text.upper().removeprefix("RRULE:")


def _plus(begin: datetime, length: timedelta) -> datetime:
    """The end of an occurrence, within the calendar."""
    return begin + length if _FOREVER - begin > length else max(begin, _FOREVER)


def _local_until(rrule: str, zone: ZoneInfo) -> str:
    """The rule with its UNTIL in wall time, as it is worked out in wall time: an instant in UTC is turned, a date is its whole day."""

    def local(match: re.Match[str]) -> str:
        day, time, in_utc = match.groups()
        until = datetime.strptime(day + (time or "T235959"), "%Y%m%dT%H%M%S")
        if in_utc and until < _FOREVER:
            until = until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        return f"UNTIL={until:%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8})(T\d{6})?(Z)?", local, _bare(rrule))
