"""public-holiday: of the site's département; dated hours open it, and some work on it."""

from datetime import date

from tests.agenda.diary import at, make_hours, make_site
from tests.agenda.rules.asking import STAFF, change, codes, refused

EASTER_MONDAY = date(2026, 4, 6)
GOOD_FRIDAY = date(2026, 4, 3)


def test_refuses_weekly_hours(diary):
    assert codes(diary, at(9, day=EASTER_MONDAY)) == ["public-holiday"]


def test_is_said_before_the_hours_outside_of_them(diary):
    assert codes(diary, at(18, day=EASTER_MONDAY)) == ["public-holiday", "outside-opening-hours"]


def test_does_not_refuse_dated_hours_nor_who_works_on_them(diary):
    make_hours(diary.alma, diary.site, 14, 15, date=EASTER_MONDAY)
    assert codes(diary, at(14, day=EASTER_MONDAY)) == []

    change(diary.alma, works_on_holidays=True)
    assert codes(diary, at(9, day=EASTER_MONDAY)) == []


def test_follows_the_postal_code_of_the_site(diary):
    strasbourg = make_site(name="Strasbourg", postal_code="67000")
    for site, hour in ((diary.site, 9), (strasbourg, 14)):
        make_hours(diary.alma, site, hour, hour + 1, weekday=4)

    assert codes(diary, at(9, day=GOOD_FRIDAY)) == []
    assert codes(diary, at(14, day=GOOD_FRIDAY), site_id=strasbourg.id) == ["public-holiday"]


def test_the_staff_must_insist(diary):
    assert refused(diary, at(9, day=EASTER_MONDAY), STAFF) == {"public-holiday": "insist"}
