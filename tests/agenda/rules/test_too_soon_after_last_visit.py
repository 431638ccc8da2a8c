"""too-soon-after-last-visit: calendar days between two visits of one patient for a reason, before and after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.agenda.diary import MONDAY, at, make_hours, make_practitioner
from tests.agenda.rules.asking import ONLINE, STAFF, change, codes, refused

TUESDAY_LATER = MONDAY + timedelta(days=8)


@pytest.fixture
def nours(diary):
    """Nour has been there on a Monday at 11:30; the reason wants so many days between two visits."""
    make_hours(diary.alma, diary.site, weekday=1)
    diary.book(at(11, 30))
    return replace(ONLINE, patient_id=diary.nour.id)


def test_refuses_a_day_too_near(diary, nours):
    change(diary.reason, min_days_between=9)

    assert codes(diary, at(9, day=TUESDAY_LATER), nours) == ["too-soon-after-last-visit"]


def test_does_not_refuse_at_exactly_so_many_calendar_days(diary, nours):
    change(diary.reason, min_days_between=8)

    assert codes(diary, at(9, day=TUESDAY_LATER), nours) == []


def test_looks_before_and_after_at_any_practitioner(diary, nours):
    change(diary.reason, min_days_between=9)
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site, weekday=1)
    diary.reason.offers.create(practitioner=ben)
    before = at(9, day=MONDAY - timedelta(days=6))

    assert codes(diary, before, nours, now=before - timedelta(days=1)) == ["too-soon-after-last-visit"]
    assert codes(diary, at(9, day=TUESDAY_LATER), nours, practitioner=ben) == ["too-soon-after-last-visit"]


def test_says_nothing_of_somebody_else(diary, nours):
    change(diary.reason, min_days_between=9)

    assert codes(diary, at(9, day=TUESDAY_LATER)) == []


def test_the_staff_is_warned(diary, nours):
    change(diary.reason, min_days_between=9)

    assert refused(diary, at(9, day=TUESDAY_LATER), replace(STAFF, patient_id=diary.nour.id)) == {"too-soon-after-last-visit": "warn"}
