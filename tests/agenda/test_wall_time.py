"""Wall time through every clock change of Paris 2020-2040 and in the overseas zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.calendar.intervals import merge
from agenda.calendar.wall_time import DAY, day_range, instant_of, wall_range

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Miquelon",
]


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


CHANGES = [last_sunday(year, month) for year in range(2020, 2041) for month in (3, 10)]


def minutes_by_the_clock(zone: ZoneInfo, day: date, start: int, end: int) -> list[int]:
    """The slow obvious way: each minute around the day whose wall time is inside."""
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() // 60) - DAY
    found = []
    for minute in range(first, first + 3 * DAY):
        local = instant_of(minute).astimezone(zone)
        if local.date() == day and start <= local.hour * 60 + local.minute < end:
            found.append(minute)
    return found


@pytest.mark.parametrize("day", CHANGES)
def test_wall_range_at_each_clock_change(day):
    for start, end in ((0, 1440), (90, 150), (120, 180), (150, 240), (60, 1440)):
        ranges = wall_range(PARIS, day, start, end)

        assert [m for a, b in merge(ranges) for m in range(a, b)] == minutes_by_the_clock(PARIS, day, start, end)


@pytest.mark.parametrize("zone", ZONES)
def test_wall_range_on_an_ordinary_day(zone):
    day = date(2026, 6, 9)

    ranges = wall_range(ZoneInfo(zone), day, 540, 720)

    assert [m for a, b in ranges for m in range(a, b)] == minutes_by_the_clock(ZoneInfo(zone), day, 540, 720)


def test_days_follow_each_other_without_gap():
    for day in CHANGES:
        assert day_range(PARIS, day)[1] == day_range(PARIS, day + timedelta(days=1))[0]


def test_a_day_of_23_and_one_of_25_hours():
    lengths = [end - start for start, end in (day_range(PARIS, date(2026, 3, 29)), day_range(PARIS, date(2026, 10, 25)))]

    assert lengths == [23 * 60, 25 * 60]
