"""Which messages a visit wants."""

from datetime import date, timedelta

import pytest

from agenda import reminders
from agenda.models import Appointment
from agenda.scheduling import (
    change_status,
    confirm_request,
    set_patient,
    undo_last,
)
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import NOW, PATIENT, STAFF, at, make_practitioner, make_reason
from tests.agenda.told import LINK, NEXT_MONDAY, SATURDAY_TEN, TEN, TWO_MINUTES, cancel, move, planned, sent

pytestmark = pytest.mark.usefixtures("visit_link")


def test_booking_plans_a_confirmation_and_a_reminder(diary, mobile):
    diary.book(TEN)

    assert planned() == [("confirmation", "sms", NOW), ("reminder", "sms", SATURDAY_TEN)]


def test_booking_without_mobile_uses_email(diary):
    diary.book(TEN)

    assert [channel for _, channel, _ in planned()] == ["email", "email"]


def test_booking_follows_the_preference(diary, mobile):
    Patient.objects.update(preferred_channel="email")

    diary.book(TEN)

    assert [channel for _, channel, _ in planned()] == ["email", "email"]


@pytest.mark.parametrize(
    "wish", [{"preferred_channel": "none"}, {"leave_no_details": True}, {"email": ""}, {"email": "", "phone": "+33320000001"}]
)
def test_booking_of_somebody_who_cannot_or_will_not_be_told(diary, wish):
    Patient.objects.update(**wish)

    diary.book(TEN)

    assert planned() == []


def test_booking_later_than_the_reminder_is_only_confirmed(diary, mobile):
    diary.book(at(10))

    assert [kind for kind, _, _ in planned()] == ["confirmation"]


def test_walk_in_is_not_confirmed(diary, mobile):
    diary.book(TEN, actor=STAFF, source="walk_in", insist="sans rendez-vous")

    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_reminder_waits_for_the_morning(diary, mobile):
    visit = diary.book(TEN)

    move(visit, at(7, 30, day=NEXT_MONDAY), insist="tôt")

    assert planned()[-1] == ("reminder", "sms", at(8, day=date(2026, 3, 7)))


def test_request_is_acknowledged_then_confirmed(diary, mobile):
    diary.reason = make_reason(diary.alma, needs_validation=True)
    visit = diary.book(TEN)
    assert [kind for kind, _, _ in planned()] == ["requested"]

    confirm_request(appointment_id=visit.id, actor=STAFF, now=NOW)

    assert sent(NOW) == [f"Rendez-vous confirmé : lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi. Déplacer ou annuler : {LINK}"]
    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_confirmation_taken_back_withdraws_the_reminder(diary, mobile):
    diary.reason = make_reason(diary.alma, needs_validation=True)
    visit = diary.book(TEN)
    confirm_request(appointment_id=visit.id, actor=STAFF, now=NOW)

    change_status(appointment_id=visit.id, status="requested", actor=STAFF, now=NOW)

    assert [kind for kind, _, _ in planned()] == ["requested"]


def test_patient_given_later_is_told(diary, mobile):
    visit = diary.book(TEN, patient_id=None, actor=STAFF, source="phone")
    assert planned() == []

    set_patient(appointment_id=visit.id, patient_id=diary.nour.id, actor=STAFF, origin="", now=NOW)

    assert [kind for kind, _, _ in planned()] == ["confirmation", "reminder"]


def test_several_moves_are_one_message(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    move(visit, at(11, 30, day=NEXT_MONDAY), now=NOW + timedelta(minutes=1))

    assert sent(NOW + TWO_MINUTES) == []
    assert sent(NOW + timedelta(minutes=3)) == [
        "Rendez-vous déplacé : lundi 09/03 à 11h30, Dr Delcourt, Cabinet du Beffroi (au lieu du lundi 09/03 à 10h)."
        f" Empeché ? Prévenez ici : {LINK}"
    ]
    assert planned() == [("reminder", "sms", at(11, 30, day=date(2026, 3, 7)))]


def test_move_and_back_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    move(visit, TEN)

    assert sent(NOW + TWO_MINUTES) == []


def test_move_undone_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=1))

    assert sent(NOW + timedelta(hours=1)) == []
    assert planned() == [("reminder", "sms", SATURDAY_TEN)]


def test_move_before_the_confirmation_left_is_one_confirmation(diary, mobile):
    visit = diary.book(TEN)
    move(visit, at(11, day=NEXT_MONDAY), now=NOW + timedelta(seconds=1))

    assert sent(NOW + timedelta(hours=1)) == [
        f"Rendez-vous confirmé : lundi 09/03 à 11h, Dr Delcourt, Cabinet du Beffroi. Déplacer ou annuler : {LINK}"
    ]


def test_move_to_another_practitioner_is_told(diary, mobile):
    colleague = make_practitioner(diary.site, first_name="Samir", last_name="Benali")
    visit = diary.book(TEN)
    sent(NOW)

    move(visit, None, practitioner_id=colleague.id, visit_reason_id=make_reason(colleague).id, insist="remplacement")

    assert sent(NOW + TWO_MINUTES) == [
        f"Rendez-vous déplacé : lundi 09/03 à 10h, Dr Benali, Cabinet du Beffroi. Empeché ? Prévenez ici : {LINK}"
    ]


def test_change_of_reason_alone_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    move(visit, None, visit_reason_id=make_reason(diary.alma, name="Suivi").id)

    assert sent(NOW + timedelta(hours=1)) == []


def test_cancellation_by_the_patient_is_acknowledged_at_once(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    cancel(visit, by="patient")

    assert sent(NOW) == ["Rendez-vous annulé : lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi. Merci d'avoir prévenu."]
    assert planned() == []


def test_cancellation_by_the_cabinet_waits_for_second_thoughts(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    cancel(visit)

    assert sent(NOW + TWO_MINUTES - timedelta(seconds=1)) == []
    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Votre rendez-vous du lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi, ne peut pas avoir lieu.")


def test_cancellation_undone_tells_nothing_and_reminds_again(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    cancel(visit)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=1))

    assert sent(NOW + timedelta(hours=1)) == []
    assert planned() == [("reminder", "sms", SATURDAY_TEN)]


def test_cancellation_undone_too_late_is_answered_by_a_confirmation(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    cancel(visit)
    sent(NOW + TWO_MINUTES)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=5))

    [text] = sent(NOW + timedelta(minutes=5))
    assert text.startswith("Rendez-vous confirmé")


def test_cancellation_after_an_untold_move_names_the_time_that_was_told(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))

    cancel(visit)

    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Votre rendez-vous du lundi 09/03 à 10h,")


def test_move_then_cancel_then_undo_tells_the_move(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    cancel(visit)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW)

    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Rendez-vous déplacé : lundi 09/03 à 11h,")


def test_refused_booking_plans_nothing(diary, mobile):
    diary.book(TEN)
    with pytest.raises(Exception, match="vient d’être pris"):
        diary.book(TEN)

    assert Message.objects.count() == 2


def test_planning_is_one_statement(diary, mobile, django_assert_max_num_queries):
    visit = Appointment.objects.select_related("patient").get(pk=diary.book(TEN).pk)
    Message.objects.all().delete()
    news = reminders.News(visit, "booked", None, {}, PATIENT, "", NOW)

    with django_assert_max_num_queries(1):
        reminders.follow(news)
