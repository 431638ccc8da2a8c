"""Wall time of a zone to minutes since the epoch, right through clock changes.

A range of wall time means every instant whose wall time lies in it: the hour that October repeats counts twice, the hour that
March skips does not exist, and a range that begins in it begins at its end (REST contract, section 1.1).
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agenda.calendar.intervals import Range

_EPOCH = date(1970, 1, 1)
DAY = 1440


def epoch_minute(instant: datetime) -> int:
    """Whole minutes from the epoch to `instant`, rounded down."""
    return int(instant.timestamp() // 60)


def epoch_minute_up(instant: datetime) -> int:
    """Whole minutes from the epoch to `instant`, rounded up."""
    return int(-(-instant.timestamp() // 60))


def instant_of(minute: int) -> datetime:
    """The instant, in UTC, of a minute since the epoch."""
    return datetime.fromtimestamp(minute * 60, UTC)


def _offset_minutes(zone: ZoneInfo, minute: int) -> int:
    offset = instant_of(minute).astimezone(zone).utcoffset()
    return int((offset or timedelta()).total_seconds() // 60)


@lru_cache(maxsize=20_000)
def day_pieces(zone: ZoneInfo, day: date) -> tuple[tuple[int, int, int], ...]:
    """How a local day lies on the line of minutes: (first minute, end, offset) for each stretch of constant offset."""
    naive = (day - _EPOCH).days * DAY
    start = epoch_minute(datetime(day.year, day.month, day.day, tzinfo=zone))
    following = day + timedelta(days=1)
    end = epoch_minute(datetime(following.year, following.month, following.day, tzinfo=zone))
    before, after = _offset_minutes(zone, start), _offset_minutes(zone, end - 1)
    if before == after:
        return ((naive - before, naive + DAY - before, before),)
    low, high = start, end - 1
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_minutes(zone, middle) == before else (low, middle)
    return ((start, high, before), (high, end, after))


def wall_range(zone: ZoneInfo, day: date, start: int, end: int) -> list[Range]:
    """The minutes since the epoch whose wall time on `day` lies in [start, end), given in minutes from midnight (end up to 1440)."""
    naive = (day - _EPOCH).days * DAY
    pieces = []
    for first, last, offset in day_pieces(zone, day):
        low, high = max(naive + start - offset, first), min(naive + end - offset, last)
        if low < high:
            pieces.append((low, high))
    return pieces


def day_range(zone: ZoneInfo, day: date) -> Range:
    """The first minute of a local day and of the next one."""
    pieces = day_pieces(zone, day)
    return pieces[0][0], pieces[-1][1]


def local_date(zone: ZoneInfo, minute: int) -> date:
    """The date in `zone` at that minute."""
    return instant_of(minute).astimezone(zone).date()


def local_text(zone: ZoneInfo, minute: int) -> str:
    """RFC 3339 with the zone's offset: `2026-03-23T09:00:00+01:00`."""
    return instant_of(minute).astimezone(zone).isoformat()
