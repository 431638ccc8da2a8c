"""kept-until-release: hours that are the staff's until their release (quotas: test_quotas.py)."""

from datetime import date, timedelta

import pytest

from tests.agenda.diary import MONDAY, at, make_hours
from tests.agenda.rules.asking import ONLINE, PARTNER, PHONE, STAFF, change, codes, refused

SUNDAY = MONDAY - timedelta(days=1)


@pytest.mark.parametrize("visitor", [ONLINE, PARTNER, PHONE])
def test_everybody_but_the_staff_waits(diary, visitor):
    change(diary.hours, release_days_before=1, release_minute=480)

    assert codes(diary, at(9), visitor, now=at(7, 59, day=SUNDAY)) == ["kept-until-release"]


def test_does_not_refuse_from_the_very_minute_of_the_release(diary):
    change(diary.hours, release_days_before=1, release_minute=480)

    assert codes(diary, at(9), now=at(8, 0, day=SUNDAY)) == []


def test_a_release_on_the_day_itself(diary):
    change(diary.hours, release_days_before=0, release_minute=480)

    assert codes(diary, at(9), now=at(7, 59)) == ["kept-until-release"]
    assert codes(diary, at(9), now=at(8)) == []


def test_other_hours_of_the_same_minutes_are_not_kept(diary):
    change(diary.hours, release_days_before=1, release_minute=480)
    make_hours(diary.alma, diary.site, 10, 11)

    assert codes(diary, at(10), now=at(7, day=SUNDAY)) == []
    assert codes(diary, at(9), now=at(7, day=SUNDAY)) == ["kept-until-release"]


def test_a_release_in_the_hour_that_march_skips_comes_with_that_day(diary):
    sunday = date(2026, 3, 29)
    change(diary.hours, release_days_before=1, release_minute=150)
    midnight = at(0, day=sunday)

    assert codes(diary, at(9, day=date(2026, 3, 30)), now=midnight - timedelta(minutes=1)) == ["kept-until-release"]
    assert codes(diary, at(9, day=date(2026, 3, 30)), now=midnight) == []


def test_the_staff_is_warned(diary):
    change(diary.hours, release_days_before=1, release_minute=480)

    assert refused(diary, at(9), STAFF, now=at(7, day=SUNDAY)) == {"kept-until-release": "warn"}
