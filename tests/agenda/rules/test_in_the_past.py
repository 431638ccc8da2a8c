"""in-the-past: a start before this very instant."""

from datetime import timedelta

from tests.agenda.diary import at
from tests.agenda.rules.asking import STAFF, codes, refused


def test_refuses_what_has_begun(diary):
    assert codes(diary, at(9), now=at(9) + timedelta(seconds=1)) == ["in-the-past"]


def test_does_not_refuse_the_present_instant(diary):
    assert codes(diary, at(9), now=at(9)) == []


def test_a_past_time_is_not_also_too_late(diary):
    diary.reason.min_notice_minutes = 60
    diary.reason.save()

    assert codes(diary, at(9), now=at(9, 1)) == ["in-the-past"]


def test_listing_agrees_to_the_second(diary):
    assert diary.slots(now=at(9))[0] == "09:00"
    assert diary.slots(now=at(9) + timedelta(seconds=1))[0] == "09:30"


def test_the_staff_must_insist(diary):
    assert refused(diary, at(9), STAFF, now=at(10)) == {"in-the-past": "insist"}
