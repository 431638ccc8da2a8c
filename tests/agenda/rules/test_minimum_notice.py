"""minimum-notice: too near to now, in minutes."""

from datetime import timedelta

from tests.agenda.diary import at
from tests.agenda.rules.asking import STAFF, change, codes, refused


def test_refuses_a_minute_too_late(diary):
    change(diary.reason, min_notice_minutes=60)

    assert codes(diary, at(9), now=at(8, 1)) == ["minimum-notice"]


def test_does_not_refuse_exactly_in_time(diary):
    change(diary.reason, min_notice_minutes=60)

    assert codes(diary, at(9), now=at(8)) == []


def test_a_second_more_counts(diary):
    change(diary.reason, min_notice_minutes=60)

    assert codes(diary, at(9), now=at(8) + timedelta(seconds=1)) == ["minimum-notice"]
    assert diary.slots(now=at(8) + timedelta(seconds=1))[0] == "09:30"


def test_the_staff_is_warned(diary):
    change(diary.reason, min_notice_minutes=60)

    assert refused(diary, at(9), STAFF, now=at(8, 30)) == {"minimum-notice": "warn"}
