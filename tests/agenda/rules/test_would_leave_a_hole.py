"""would-leave-a-hole: a gap beside the visit in which nobody could be seen, where another time leaves none."""

import pytest

from tests.agenda.diary import at, make_absence, make_hours, make_reason
from tests.agenda.rules.asking import STAFF, change, codes, refused


@pytest.fixture
def without_holes(diary):
    """Half an hour on a grid of ten minutes, from 9 to 12, without useless holes."""
    change(diary.reason, grid_minutes=10, avoid_holes=True)
    return diary


def test_refuses_a_start_too_near_to_the_beginning_or_the_end(without_holes):
    diary = without_holes

    assert codes(diary, at(9, 20)) == ["would-leave-a-hole"]
    assert codes(diary, at(11, 10)) == ["would-leave-a-hole"]


def test_does_not_refuse_a_gap_that_is_just_long_enough(without_holes):
    assert [codes(without_holes, start) for start in (at(9), at(9, 30), at(11), at(11, 30))] == [[]] * 4


def test_listing_is_the_same(without_holes):
    apart = [f"{hour:02d}:{minute:02d}" for hour in (9, 10) for minute in range(0, 60, 10)]

    assert without_holes.slots() == ["09:00", *apart[3:], "11:00", "11:30"]


def test_other_visits_and_absences_are_edges_too(without_holes):
    diary = without_holes
    diary.book(at(9))
    make_absence(at(11), at(12), practitioner=diary.alma)

    assert diary.slots() == ["09:30", "10:00", "10:30"]


def test_a_shorter_reason_makes_use_of_a_short_gap(without_holes):
    diary = without_holes
    make_reason(diary.alma, name="Vaccin", duration_minutes=10)

    assert codes(diary, at(9, 10)) == []


def test_a_shorter_reason_that_the_hours_do_not_admit_does_not(without_holes):
    diary = without_holes
    make_reason(diary.alma, name="Vaccin", duration_minutes=10)
    diary.hours.visit_reasons.set([diary.reason])

    assert codes(diary, at(9, 10)) == ["would-leave-a-hole"]


def test_a_shorter_reason_of_somebody_else_does_not(without_holes):
    make_reason(name="Vaccin", duration_minutes=10)

    assert codes(without_holes, at(9, 10)) == ["would-leave-a-hole"]


def test_buffers_are_part_of_the_visit(without_holes):
    diary = without_holes
    change(diary.reason, buffer_before_minutes=10)

    assert codes(diary, at(9, 10)) == []
    assert codes(diary, at(9, 20)) == ["would-leave-a-hole"]


def test_where_nothing_else_is_free_all_free_times_are_offered(without_holes):
    diary = without_holes
    make_absence(at(9, 40), at(12), practitioner=diary.alma)

    assert diary.slots() == ["09:00", "09:10"]
    assert codes(diary, at(9, 10)) == []


def test_each_range_of_a_day_stands_alone(without_holes):
    diary = without_holes
    make_absence(at(9, 40), at(12), practitioner=diary.alma)
    make_hours(diary.alma, diary.site, 14, 15)

    assert diary.slots() == ["09:00", "09:10", "14:00", "14:30"]


def test_a_reason_without_the_switch_is_offered_as_ever(diary):
    change(diary.reason, grid_minutes=10)

    assert codes(diary, at(9, 20)) == []


def test_an_alternative_that_is_past_is_none(without_holes):
    diary = without_holes
    change(diary.reason, buffer_after_minutes=20)
    make_absence(at(9, 50), at(12), practitioner=diary.alma)

    assert diary.slots(now=at(8)) == ["09:00"]
    assert diary.slots(now=at(9, 5)) == ["09:10", "09:20"]
    assert [codes(diary, at(9, 10), now=now) for now in (at(8), at(9, 5))] == [["would-leave-a-hole"], []]


def test_the_staff_is_warned(without_holes):
    assert refused(without_holes, at(9, 20), STAFF) == {"would-leave-a-hole": "warn"}
