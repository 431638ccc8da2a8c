"""Who is asked first, and who is not asked at all."""

from datetime import date, timedelta

import pytest

from agenda.models import FreedTime
from agenda.scheduling import hold_slot
from agenda.waiting_list.ranking import candidates_for
from tests.agenda.diary import MONDAY, NOW, PATIENT, at, make_absence, make_hours, make_practitioner, make_reason
from tests.agenda.waiting_list.people import MINUTE, TEN, freed_at_ten, go, make_person, open_offer, wait

DAY = timedelta(days=1)
NEXT_MONDAY = date(2026, 3, 9)


def ten(diary, minutes=30) -> FreedTime:
    """Ten o'clock, as if it had been given back."""
    return FreedTime(practitioner_id=diary.alma.id, start=TEN, end=TEN + minutes * MINUTE)


def names(diary, **options):
    return [one.entry.patient.birth_name for one in candidates_for(options.pop("freed", None) or ten(diary), NOW, **options)]


def told(diary):
    return [(one.entry.patient.birth_name, one.start, one.channel, one.reasons) for one in candidates_for(ten(diary), NOW)]


def test_the_whole_order_with_its_reasons(diary):
    near = diary.book(at(11), patient_id=make_person(1).id)
    far = diary.book(at(9, day=NEXT_MONDAY), patient_id=make_person(2).id)
    wait(diary, near.patient, appointment_id=near.id, now=NOW - 9 * DAY)
    wait(diary, far.patient, appointment_id=far.id)
    wait(diary, make_person(3), now=NOW - DAY)
    wait(diary, make_person(4), now=NOW - 3 * DAY)
    wait(diary, make_person(5), priority="soon")
    wait(diary, make_person(6, phone="", email="x@patients.example"), priority="urgent")

    assert told(diary) == [
        ("Attente6", TEN, "email", ("Urgent", "Sans rendez-vous", "Attend depuis aujourd’hui")),
        ("Attente5", TEN, "sms", ("Dès que possible", "Sans rendez-vous", "Attend depuis aujourd’hui")),
        ("Attente4", TEN, "sms", ("Sans rendez-vous", "Attend depuis 3 jours")),
        ("Attente3", TEN, "sms", ("Sans rendez-vous", "Attend depuis 1 jour")),
        ("Attente2", TEN, "sms", ("A rendez-vous le lun. 9\u00a0mars", "Attend depuis aujourd’hui")),
        ("Attente1", TEN, "sms", ("A rendez-vous le lun. 2\u00a0mars", "Attend depuis 9 jours")),
    ]


def test_who_let_an_offer_pass_comes_after_the_others(diary):
    wait(diary, make_person(1), now=NOW - DAY)
    wait(diary, make_person(2))
    freed_at_ten(diary)
    go(NOW)
    go(NOW + 10 * MINUTE)  # the first did not answer

    eleven = FreedTime(practitioner_id=diary.alma.id, start=at(11), end=at(11, 30))
    assert open_offer().entry.patient.birth_name == "Attente2"
    assert [(one.entry.patient.birth_name, one.reasons[-1]) for one in candidates_for(eleven, NOW)] == [
        ("Attente1", "1 proposition sans suite")
    ]


@pytest.mark.parametrize(
    "wish",
    [
        {"from_date": MONDAY + DAY},
        {"until_date": MONDAY - DAY},
        {"windows": [{"weekdays": [1, 2], "start": 0, "end": 1440}]},
        {"windows": [{"weekdays": [0], "start": 0, "end": 600}]},
        {"windows": [{"weekdays": [0], "start": 601, "end": 1440}]},
    ],
)
def test_whom_the_time_does_not_suit(diary, wish):
    wait(diary, make_person(1), **wish)

    assert names(diary) == []


@pytest.mark.parametrize("wish", [{"from_date": MONDAY, "until_date": MONDAY}, {"windows": [{"weekdays": [0], "start": 600, "end": 601}]}])
def test_whom_it_just_suits(diary, wish):
    wait(diary, make_person(1), **wish)

    assert names(diary) == ["Attente1"]


def test_other_practitioners_sites_and_reasons(diary):
    other = make_practitioner(diary.site, first_name="Inès", last_name="Blin")
    theirs = make_reason(diary.alma, other, name="Suivi")
    make_reason(other, name="À elle")
    wait(diary, make_person(1), visit_reason_id=theirs.id, practitioners=[other.id])
    wait(diary, make_person(2), visit_reason_id=theirs.id, practitioners=[diary.alma.id], sites=[diary.site.id])

    assert names(diary) == ["Attente2"]


def test_a_visit_before_the_freed_time_is_not_made_later(diary):
    visit = diary.book(at(9), patient_id=make_person(1).id)
    wait(diary, visit.patient, appointment_id=visit.id)

    assert names(diary) == []


def test_who_has_booked_otherwise_is_left_alone(diary):
    person = make_person(1)
    wait(diary, person, now=NOW - DAY)
    diary.book(at(11), patient_id=person.id)

    assert names(diary) == []


def test_rules_of_booking_that_still_hold(diary):
    for number, values in enumerate([{"max_per_day": 1}, {"bookable_by": "known"}, {"min_days_between": 30}], 1):
        reason = make_reason(diary.alma, name=f"Motif {number}", **values)
        person = make_person(number)
        diary.book(at(9 + (number - 1) // 2, 30 * ((number - 1) % 2), day=NEXT_MONDAY), visit_reason_id=diary.reason.id)
        if number == 3:
            diary.book(at(11, day=NEXT_MONDAY), visit_reason_id=reason.id, patient_id=person.id)
        if number == 1:
            diary.book(at(9), visit_reason_id=reason.id)
        wait(diary, person, visit_reason_id=reason.id, now=NOW + MINUTE)

    assert names(diary) == []


def test_notice_and_horizon_bind_visitors_of_the_site_not_the_cabinets_offer(diary):
    diary.reason.min_notice_minutes, diary.reason.horizon_days = 10_000, 0
    diary.reason.save()
    wait(diary, make_person(1))

    assert names(diary) == ["Attente1"]


def test_a_reason_of_the_cabinets_own_is_offered_by_the_cabinet(diary):
    own = make_reason(diary.alma, name="Urgence", bookable_by="staff")
    wait(diary, make_person(1), visit_reason_id=own.id)

    assert names(diary) == ["Attente1"]


def test_hours_kept_for_the_staff_stay_kept(diary):
    diary.hours.audience = "staff"
    diary.hours.save()
    wait(diary, make_person(1))

    assert names(diary) == []


def test_nobody_is_asked_while_the_practitioner_is_away(diary):
    make_absence(at(8), at(18), practitioner=diary.alma)
    wait(diary, make_person(1))

    assert names(diary) == []


def test_a_longer_visit_may_begin_before_the_freed_time(diary):
    long = make_reason(diary.alma, name="Longue", duration_minutes=60)
    diary.book(at(9))
    wait(diary, make_person(1), visit_reason_id=long.id)
    freed = FreedTime(practitioner_id=diary.alma.id, start=at(10, 30), end=at(11))

    assert [one.start for one in candidates_for(freed, NOW)] == [TEN]


def test_a_shorter_one_takes_the_start_that_suits_it(diary):
    short = make_reason(diary.alma, name="Courte", duration_minutes=10)
    wait(diary, make_person(1), visit_reason_id=short.id, windows=[{"weekdays": [0], "start": 615, "end": 660}])

    assert [one.start for one in candidates_for(ten(diary), NOW)] == [at(10, 20)]


def test_a_held_time_is_nobodys(diary):
    wait(diary, make_person(1))
    hold_slot(visit_reason_id=diary.reason.id, start=TEN, practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    assert names(diary) == []


def test_times_too_near_are_left_out(diary):
    make_hours(diary.alma, diary.site, 12, 18, weekday=6)
    wait(diary, make_person(1))
    soon = FreedTime(practitioner_id=diary.alma.id, start=NOW + 30 * MINUTE, end=NOW + 60 * MINUTE)

    assert names(diary, freed=soon) == ["Attente1"]
    assert names(diary, freed=soon, lead_minutes=31) == []


def test_no_more_queries_for_many_who_wait(diary, django_assert_max_num_queries):
    for number in range(30):
        wait(diary, make_person(number))

    with django_assert_max_num_queries(30):
        assert len(candidates_for(ten(diary), NOW)) == 10
