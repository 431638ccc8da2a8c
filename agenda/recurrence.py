"""Absences that repeat: an RRULE in wall time (RFC 5545, the parts that the REST contract names)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from agenda.intervals import Range
from agenda.wall_time import epoch_minute, epoch_minute_up, instant_of
from medidesk.errors import Refused

_PARTS = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
# Enough for a daily absence over two years of horizon; more is cut, so that one row can never hold a request up.
MOST_OCCURRENCES = 1_000


def check_rrule(text: str) -> None:
    """Raise Refused `rrule-not-supported` unless `text` uses only the parts that the contract allows."""
    parts = dict(part.split("=", 1) for part in text.removeprefix("RRULE:").split(";") if "=" in part)
    understood = set(parts) <= _PARTS and parts.get("FREQ") in _FREQUENCIES
    numbers = all(re.fullmatch(r"[1-9]\d{0,3}", parts[name]) for name in ("INTERVAL", "COUNT") if name in parts)
    if not (understood and numbers):
        raise Refused(_("Cette récurrence n’est pas comprise."), code="rrule-not-supported", pointer="/rrule")
    try:
        rrulestr(text, dtstart=datetime(2026, 1, 1))
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
    low = instant_of(window[0]).astimezone(zone).replace(tzinfo=None) - length - timedelta(hours=2)
    high = instant_of(window[1]).astimezone(zone).replace(tzinfo=None) + timedelta(hours=2)
    begins = {first} | set(rule.xafter(low, count=MOST_OCCURRENCES, inc=True))
    spans = [
        (epoch_minute(begin.replace(tzinfo=zone)), epoch_minute_up((begin + length).replace(tzinfo=zone, fold=1)))
        for begin in begins
        if begin < high
    ]
    return [(a, b) for a, b in spans if a < window[1] and window[0] < b]


def _local_until(rrule: str, zone: ZoneInfo) -> str:
    """UNTIL in UTC becomes wall time, as the rule is worked out in wall time."""

    def local(match: re.Match[str]) -> str:
        instant = datetime.strptime(match.group(1), "%Y%m%dT%H%M%SZ").replace(tzinfo=ZoneInfo("UTC"))
        return "UNTIL=" + instant.astimezone(zone).strftime("%Y%m%dT%H%M%S")

    return re.sub(r"UNTIL=(\d{8}T\d{6}Z)", local, rrule.removeprefix("RRULE:"))
