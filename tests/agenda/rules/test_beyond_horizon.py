"""beyond-horizon: later than today + N, both included, in calendar days."""

from datetime import timedelta

from tests.agenda.diary import MONDAY, at
from tests.agenda.rules.asking import STAFF, change, codes, refused

NEXT_MONDAY = MONDAY + timedelta(weeks=1)


def test_refuses_the_day_after_the_last(diary):
    change(diary.reason, horizon_days=6)

    assert codes(diary, at(9, day=NEXT_MONDAY), now=at(8)) == ["beyond-horizon"]


def test_does_not_refuse_the_last_day_itself(diary):
    change(diary.reason, horizon_days=7)

    assert codes(diary, at(11, 30, day=NEXT_MONDAY), now=at(0)) == []


def test_today_alone(diary):
    change(diary.reason, horizon_days=0)

    assert codes(diary, at(11, 30), now=at(8)) == []
    assert codes(diary, at(9), now=at(23, 59, day=MONDAY - timedelta(days=1))) == ["beyond-horizon"]


def test_no_horizon_is_no_limit(diary):
    assert codes(diary, at(9, day=MONDAY + timedelta(weeks=200))) == []


def test_the_staff_is_warned(diary):
    change(diary.reason, horizon_days=0)

    assert refused(diary, at(9), STAFF) == {"beyond-horizon": "warn"}
