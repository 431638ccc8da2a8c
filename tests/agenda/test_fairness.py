"""« Peu importe »: whom a visit goes to."""

from datetime import timedelta

import pytest

from agenda.errors import SlotTaken
from agenda.scheduling import hold_slot
from tests.agenda.diary import MONDAY, NOW, PATIENT, STAFF, at, make_absence, make_hours, make_patient, make_practitioner, make_reason


@pytest.fixture
def three(diary):
    """Alma, Ben and Chloé, in the order of the columns, all there on Mondays and Tuesdays from 9 to 12."""
    others = [make_practitioner(diary.site, first_name=name, position=n + 1) for n, name in enumerate(("Ben", "Chloé"))]
    for one in (diary.alma, *others):
        diary.reason.offers.get_or_create(practitioner=one)
        make_hours(one, diary.site, weekday=1)
    for one in others:
        make_hours(one, diary.site)
    return [diary.alma, *others]


def chosen(diary, start, **values):
    """Who gets a visit of somebody who does not mind."""
    patient = make_patient(first_names=f"P{start:%d%H%M}{len(values)}", email="")
    return diary.book(start, practitioner_id=None, patient_id=patient.id, **values).practitioner


def test_equals_keep_the_order_of_the_columns(diary, three):
    assert chosen(diary, at(9)) == three[0]


def test_the_fewest_minutes_of_the_day_win_not_the_fewest_visits(diary, three):
    long = make_reason(three[0], duration_minutes=90)
    short = make_reason(three[1], duration_minutes=20)
    diary.book(at(9), visit_reason_id=long.id)
    for start in (at(9), at(9, 20)):
        diary.book(start, visit_reason_id=short.id, practitioner_id=three[1].id)
    diary.book(at(9), practitioner_id=three[2].id, visit_reason_id=make_reason(three[2], duration_minutes=60).id)

    assert chosen(diary, at(11)) == three[1]


def test_then_the_fewest_minutes_of_the_week(diary, three):
    for one in three[:2]:
        diary.book(at(9, day=MONDAY + timedelta(days=1)), practitioner_id=one.id)

    assert chosen(diary, at(11)) == three[2]


def test_another_week_does_not_count(diary, three):
    for one in three[:2]:
        diary.book(at(9, day=MONDAY + timedelta(days=8)), practitioner_id=one.id)

    assert chosen(diary, at(11)) == three[0]


def test_holds_and_buffers_count(diary, three):
    hold_slot(visit_reason_id=diary.reason.id, start=at(9), practitioner_id=three[0].id, actor=PATIENT, source="website", now=NOW)

    assert chosen(diary, at(11)) == three[1]


def test_minutes_shared_by_two_visits_count_once(diary, three):
    for insist in (None, "urgence"):
        diary.book(at(9), actor=STAFF, source="phone", insist=insist)
    diary.book(at(9), practitioner_id=three[1].id)
    diary.book(at(9), practitioner_id=three[2].id)

    assert chosen(diary, at(11)) == three[0]


def test_the_fairest_who_cannot_is_passed_over(diary, three):
    make_absence(at(9), at(12), practitioner=three[0])

    assert chosen(diary, at(9)) == three[1]


def test_nine_visits_are_dealt_out_evenly(diary, three):
    starts = [at(9), at(9, 30), at(10)]

    dealt = [chosen(diary, start, note=str(n)) for start in starts for n in range(3)]

    assert [dealt.count(one) for one in three] == [3, 3, 3]


def test_when_all_are_taken_the_answer_says_so(diary, three):
    for one in three:
        diary.book(at(9), practitioner_id=one.id)

    with pytest.raises(SlotTaken):
        chosen(diary, at(9))
