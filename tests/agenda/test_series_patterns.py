"""From what people say to the times of a series."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from agenda.series.patterns import Pattern, check_starts, starts_of
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, PARIS, at


def wall(starts):
    return [f"{start.astimezone(PARIS):%a %d/%m %H:%M}" for start in starts]


def pattern(**changes):
    return Pattern(**{"first_day": MONDAY, "weekdays": (0,), "minute": 9 * 60, "count": 3} | changes)


def test_every_monday():
    assert wall(starts_of(pattern(), PARIS)) == ["Mon 02/03 09:00", "Mon 09/03 09:00", "Mon 16/03 09:00"]


def test_two_days_a_week_from_the_middle_of_one():
    found = starts_of(pattern(first_day=date(2026, 3, 4), weekdays=(3, 0)), PARIS)

    assert wall(found) == ["Thu 05/03 09:00", "Mon 09/03 09:00", "Thu 12/03 09:00"]


def test_every_other_week_counts_from_the_first_one():
    found = starts_of(pattern(first_day=date(2026, 3, 4), weekdays=(0, 3), every_n_weeks=2), PARIS)

    assert wall(found) == ["Thu 05/03 09:00", "Mon 16/03 09:00", "Thu 19/03 09:00"]


def test_the_wall_time_stays_through_a_clock_change():
    found = starts_of(pattern(first_day=date(2026, 3, 23), count=2), PARIS)

    assert wall(found) == ["Mon 23/03 09:00", "Mon 30/03 09:00"]
    assert found[1] - found[0] == timedelta(days=7)  # on the wall; an hour less on the line of time
    assert found[1].timestamp() - found[0].timestamp() == timedelta(days=7, hours=-1).total_seconds()


def test_a_time_that_the_clocks_skip_falls_at_the_end_of_the_hour():
    assert wall(starts_of(pattern(first_day=date(2026, 3, 29), weekdays=(6,), minute=150, count=1), PARIS)) == ["Sun 29/03 03:00"]


def test_a_time_that_the_clocks_repeat_is_the_first_one():
    found = starts_of(pattern(first_day=date(2026, 10, 25), weekdays=(6,), minute=150, count=1), PARIS)

    assert found[0].astimezone(ZoneInfo("UTC")).hour == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"count": 0}, "/pattern/count"),
        ({"count": 500}, "/pattern/count"),
        ({"every_n_weeks": 0}, "/pattern/every_n_weeks"),
        ({"every_n_weeks": 27}, "/pattern/every_n_weeks"),
        ({"weekdays": ()}, "/pattern/weekdays"),
        ({"weekdays": (7,)}, "/pattern/weekdays"),
        ({"minute": 1440}, "/pattern/time"),
        ({"first_day": date(9999, 12, 31)}, "/pattern/from"),
    ],
)
def test_what_is_out_of_bounds(changes, pointer):
    with pytest.raises(Refused) as refusal:
        starts_of(pattern(**changes), PARIS)

    assert (refusal.value.code, refusal.value.pointer) == ("out-of-bounds", pointer)


@pytest.mark.parametrize("starts", [[], [at(9)] * 53, [at(9, day=date(2028, 4, 1))]])
def test_lists_of_starts_have_bounds(starts):
    with pytest.raises(Refused) as refusal:
        check_starts(starts, NOW)

    assert (refusal.value.code, refusal.value.pointer) == ("out-of-bounds", "/occurrences")
