"""outside-opening-hours: the visit does not lie inside one range that admits it."""

from datetime import date, timedelta

import pytest

from tests.agenda.diary import MONDAY, at, make_hours, make_reason, make_site
from tests.agenda.rules.asking import STAFF, change, codes, refused


@pytest.mark.parametrize(
    ("start", "expected"), [(at(8, 30), True), (at(9), False), (at(11, 30), False), (at(11, 45), True), (at(12), True)]
)
def test_the_visit_lies_inside_the_range(diary, start, expected):
    assert ("outside-opening-hours" in codes(diary, start)) is expected


def test_hours_for_other_reasons(diary):
    vaccine = make_reason(diary.alma, name="Vaccin")
    diary.hours.visit_reasons.set([vaccine])

    assert codes(diary, at(9)) == ["outside-opening-hours"]
    assert codes(diary, at(9), reason=vaccine) == []


def test_two_ranges_that_touch_are_one(diary):
    make_hours(diary.alma, diary.site, 12, 13)

    assert codes(diary, at(11, 30)) == []
    assert codes(diary, at(12)) == []


def test_two_ranges_of_two_sites_are_two(diary):
    elsewhere = make_site(name="Annexe")
    make_hours(diary.alma, elsewhere, 12, 13)
    change(diary.reason, duration_minutes=60, grid_minutes=30)

    assert codes(diary, at(11, 30)) == ["outside-opening-hours"]


def test_validity_dates_are_included(diary):
    change(diary.hours, valid_from=MONDAY, valid_until=MONDAY + timedelta(weeks=1))

    weeks = [codes(diary, at(9, day=MONDAY + timedelta(weeks=n))) for n in range(3)]
    assert weeks == [[], [], ["outside-opening-hours"]]
    assert codes(diary, at(9), now=at(8, day=MONDAY - timedelta(weeks=2))) == []


def test_every_n_weeks_counts_from_the_iso_week_of_the_first_day(diary):
    change(diary.hours, every_n_weeks=3, valid_from=date(2026, 3, 8))  # a Sunday: its week began on Monday 2 March

    weeks = [codes(diary, at(9, day=MONDAY + timedelta(weeks=n))) for n in range(7)]
    closed = ["outside-opening-hours"]
    assert weeks == [closed, closed, closed, [], closed, closed, []]


def test_one_off_hours(diary):
    tuesday = MONDAY + timedelta(days=1)
    make_hours(diary.alma, diary.site, 18, 20, date=tuesday)

    assert codes(diary, at(18, day=tuesday)) == []
    assert codes(diary, at(18, day=tuesday + timedelta(weeks=1))) == ["outside-opening-hours"]


def test_the_staff_must_insist(diary):
    assert refused(diary, at(15), STAFF) == {"outside-opening-hours": "insist"}
