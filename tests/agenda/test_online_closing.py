"""Who may not book online after missed visits, until when: computed."""

from datetime import date, datetime, timedelta

import pytest

from agenda import setup
from agenda.free_times.missed_visits_policy import OFF
from agenda.free_times.online_closing import OPEN, closed_until, needs_validation_until, standing_of, standings_of
from agenda.free_times.schedule import current_schedule
from agenda.models import BookingPolicy
from agenda.scheduling import hold_slot
from medidesk.errors import Refused
from tests.agenda.diary import NOW, PARIS, PATIENT, STAFF, at, make_patient
from tests.agenda.missed import MONDAYS, miss, miss_times, switch_on, undo

LAST = MONDAYS[-1]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=PARIS)


def test_nothing_follows_while_the_rule_is_off(diary):
    miss_times(diary, 4)

    assert standing_of(diary.nour.id, NOW) == OPEN


def test_no_query_is_asked_while_the_rule_is_off(diary, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert closed_until(diary.nour.id, NOW, OFF) is None


def test_one_query_when_it_is_on(diary, django_assert_num_queries):
    switch_on()
    miss_times(diary, 3)
    policy = current_schedule().missed_visits

    with django_assert_num_queries(1):
        standings_of([diary.nour.id, *(make_patient(birth_name=f"P{n}").id for n in range(0))], NOW, policy)


@pytest.mark.parametrize(
    ("count", "validated", "closed"),
    [
        (1, None, None),
        (2, LAST + timedelta(days=30), None),
        (3, None, LAST + timedelta(days=90)),
        (4, None, LAST + timedelta(days=180)),
    ],
)
def test_the_steps_rise_with_the_missed_visits(diary, count, validated, closed):
    switch_on()
    miss_times(diary, count)

    assert needs_validation_until(diary.nour.id, NOW) == (validated and midnight(validated))
    assert closed_until(diary.nour.id, NOW) == (closed and midnight(closed))


def test_a_step_ends_by_itself_at_midnight_whatever_the_clock_change(diary):
    switch_on()
    miss_times(diary, 3)
    end = midnight(LAST + timedelta(days=90))

    assert closed_until(diary.nour.id, end - timedelta(seconds=1)) == end
    assert standing_of(diary.nour.id, end).holds is False


def test_visits_missed_long_before_the_last_do_not_count(diary):
    switch_on(window_days=14)
    miss_times(diary, 3)

    assert standing_of(diary.nour.id, NOW).missed == 2


def test_a_missed_visit_that_is_undone_reopens(diary):
    switch_on()
    *_others, last = miss_times(diary, 3)
    undo(last)

    assert closed_until(diary.nour.id, NOW) is None
    assert needs_validation_until(diary.nour.id, NOW) == midnight(MONDAYS[2] + timedelta(days=30))


def test_each_patient_counts_alone(diary):
    switch_on()
    other = make_patient(birth_name="Autre")
    miss_times(diary, 2)
    miss(diary, date(2026, 1, 26), patient_id=other.id)

    assert (standing_of(diary.nour.id, NOW).missed, standing_of(other.id, NOW).missed) == (2, 1)


def test_another_cabinet_knows_nothing_of_it(diary, other_cabinet):
    switch_on()
    miss_times(diary, 3)

    with other_cabinet:
        assert (current_schedule().missed_visits, standing_of(diary.nour.id, NOW)) == (OFF, OPEN)


def test_somebody_unknown_is_open(diary):
    switch_on()

    assert standing_of(None, NOW) == OPEN


def test_a_change_of_the_rule_counts_at_once(diary):
    miss_times(diary, 3)
    switch_on()
    assert closed_until(diary.nour.id, NOW)

    setup.change(setup.BOOKING_POLICY, BookingPolicy.objects.get().id, {"is_on": False}, now=NOW)

    assert closed_until(diary.nour.id, NOW) is None


STEP = {"missed": 2, "act": "close", "days": 30}


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"window_days": 0}, "out-of-bounds", "/window_days"),
        ({"steps": []}, "required", "/steps"),
        ({"steps": [STEP] * 7}, "too-many", "/steps"),
        ({"steps": [STEP | {"missed": 0}]}, "out-of-bounds", "/steps/0/missed"),
        ({"steps": [STEP | {"days": 731}]}, "out-of-bounds", "/steps/0/days"),
        ({"steps": [STEP | {"act": "ban"}]}, "not-a-choice", "/steps/0/act"),
        ({"steps": [STEP, STEP]}, "not-ascending", "/steps/1/missed"),
        ({"steps": [STEP, STEP | {"missed": 3, "act": "validate"}]}, "milder-step", "/steps/1/act"),
    ],
)
def test_an_impossible_rule_is_refused(cabinet, values, code, pointer):
    with pytest.raises(Refused) as refusal:
        switch_on(**values)

    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)


def test_what_a_patient_to_be_validated_books_waits_for_the_cabinet(diary):
    switch_on()
    miss_times(diary, 2)

    assert diary.book(at(9)).status == "requested"
    assert diary.book(at(10), patient_id=make_patient(birth_name="Autre").id).status == "confirmed"


def test_what_the_staff_books_for_that_patient_is_confirmed(diary):
    switch_on()
    miss_times(diary, 2)

    assert diary.book(at(9), actor=STAFF, source="phone").status == "confirmed"


def test_a_hold_confirmed_by_that_patient_waits_too(diary):
    switch_on()
    miss_times(diary, 2)
    hold = hold_slot(
        visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, start=at(9), actor=PATIENT, source="website", minutes=15, now=NOW
    )

    assert diary.book(at(9), hold_id=hold.id).status == "requested"
