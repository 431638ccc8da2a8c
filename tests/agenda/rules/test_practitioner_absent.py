"""practitioner-absent: the visit meets an absence or the closure of its site; its buffers may."""

from datetime import timedelta

from tests.agenda.diary import MONDAY, at, make_absence
from tests.agenda.rules.asking import STAFF, change, codes, refused


def test_refuses_a_visit_that_meets_it_by_a_minute(diary):
    make_absence(at(9, 29), at(9, 45), practitioner=diary.alma)

    assert codes(diary, at(9)) == ["practitioner-absent"]


def test_does_not_refuse_a_visit_that_ends_as_it_begins(diary):
    make_absence(at(9, 30), at(10), practitioner=diary.alma)

    assert codes(diary, at(9)) == []
    assert codes(diary, at(10)) == []


def test_buffers_may_meet_it(diary):
    change(diary.reason, buffer_after_minutes=15)
    make_absence(at(9, 30), at(10), practitioner=diary.alma)

    assert codes(diary, at(9)) == []


def test_a_closure_of_the_site(diary):
    make_absence(at(9), at(12), site=diary.site)

    assert codes(diary, at(9)) == ["practitioner-absent"]


def test_repeats_in_wall_time_the_first_one_included(diary):
    make_absence(at(9), at(10), practitioner=diary.alma, rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=2")

    weeks = [codes(diary, at(9, day=MONDAY + timedelta(weeks=n))) for n in range(5)]
    assert weeks == [["practitioner-absent"], [], ["practitioner-absent"], [], []]


def test_the_staff_must_insist(diary):
    make_absence(at(9), at(12), practitioner=diary.alma)

    assert refused(diary, at(9), STAFF) == {"practitioner-absent": "insist"}
