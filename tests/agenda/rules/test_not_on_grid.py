"""not-on-grid: starts step in elapsed minutes from the start of the range."""

from datetime import timedelta

import pytest

from tests.agenda.diary import at, make_hours
from tests.agenda.rules.asking import STAFF, change, codes, refused


@pytest.mark.parametrize(("minute", "expected"), [(0, []), (30, []), (10, ["not-on-grid"]), (29, ["not-on-grid"])])
def test_without_a_grid_the_duration_is_the_step(diary, minute, expected):
    assert codes(diary, at(9, minute)) == expected


def test_a_grid_of_its_own(diary):
    change(diary.reason, grid_minutes=20)

    assert [codes(diary, at(9, minute)) for minute in (20, 30, 40)] == [[], ["not-on-grid"], []]


def test_starts_where_the_merged_range_starts(diary):
    make_hours(diary.alma, diary.site, 8, 9, start_minute=8 * 60 + 10)

    assert codes(diary, at(9, 10)) == []
    assert codes(diary, at(9)) == ["not-on-grid"]


def test_a_second_off_is_off(diary):
    assert codes(diary, at(9) + timedelta(seconds=1)) == ["not-on-grid"]


def test_the_staff_must_insist(diary):
    assert refused(diary, at(9, 10), STAFF) == {"not-on-grid": "insist"}


def test_the_staff_s_grid_is_that_of_the_range_that_it_sees(diary):
    change(diary.hours, channels=["website"])
    make_hours(diary.alma, diary.site, 9, 12, start_minute=9 * 60 + 40, end_minute=13 * 60)

    assert "10:00" in diary.slots(visitor=STAFF)
    assert "not-on-grid" not in codes(diary, at(10), STAFF)
