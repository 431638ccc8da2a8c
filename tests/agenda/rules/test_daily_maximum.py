"""daily-maximum: as many visits of the reason as this practitioner takes in a day."""

from datetime import timedelta

from agenda.scheduling import cancel_appointment, hold_slot
from tests.agenda.diary import MONDAY, NOW, PATIENT, at, make_hours, make_practitioner, make_reason
from tests.agenda.rules.asking import STAFF, change, codes, refused


def test_refuses_once_it_is_reached(diary):
    change(diary.reason, max_per_day=2)
    diary.book(at(9))

    assert codes(diary, at(10)) == []
    diary.book(at(9, 30))
    assert codes(diary, at(10)) == ["daily-maximum"]


def test_counts_requests_and_holds_but_not_cancelled_visits(diary):
    change(diary.reason, max_per_day=1, needs_validation=True)
    visit = diary.book(at(9))
    assert codes(diary, at(10)) == ["daily-maximum"]

    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)
    assert codes(diary, at(10)) == []
    hold_slot(visit_reason_id=diary.reason.id, start=at(9), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)
    assert codes(diary, at(10)) == ["daily-maximum"]


def test_is_per_day_per_reason_and_per_practitioner(diary):
    change(diary.reason, max_per_day=1)
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site)
    diary.reason.offers.create(practitioner=ben)
    diary.book(at(9))

    assert codes(diary, at(9, day=MONDAY + timedelta(weeks=1))) == []
    assert codes(diary, at(10), reason=make_reason(diary.alma)) == []
    assert codes(diary, at(10), practitioner=ben) == []


def test_the_staff_is_warned(diary):
    change(diary.reason, max_per_day=1)
    diary.book(at(9))

    assert refused(diary, at(10), STAFF) == {"daily-maximum": "warn"}
