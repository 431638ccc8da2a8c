"""When a reminder may ring: by day, in the wall time of the one who receives it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST, LAST = time(8), time(20)


def by_day(instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant from `instant` on that lies between 08:00 and 20:00 (20:00 excluded) in `zone`."""
    wall = instant.astimezone(zone)
    if FIRST <= wall.time() < LAST:
        return instant
    day = wall.date() if wall.time() < FIRST else wall.date() + timedelta(days=1)
    return datetime.combine(day, FIRST, zone).astimezone(instant.tzinfo)
