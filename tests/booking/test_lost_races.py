"""Somebody was faster, or the hold ended: what was typed stays, the nearest times are offered."""

from datetime import timedelta

from agenda.models import Appointment
from tests.agenda.diary import NOW, at

LATER = NOW + timedelta(minutes=20)


def test_a_time_just_taken_answers_409_with_the_nearest(visitor, diary):
    diary.book(at(9, 30))

    answer = visitor.choose(at(9, 30))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Cet horaire vient d’être pris" in page
    assert [time in page for time in ("T09:00:00", "T10:00:00", "T10:30:00", "T11:00:00")] == [True, True, True, False]


def test_an_ended_hold_is_taken_again_without_a_word(visitor, travel):
    visitor.choose()
    travel(LATER)

    visitor.identify()
    visitor.confirm()

    assert Appointment.objects.get().start == at(9)


def test_an_ended_hold_that_somebody_took_offers_others_and_keeps_what_was_typed(visitor, diary, travel):
    visitor.choose()
    travel(LATER)
    diary.book(at(9), now=LATER)

    answer = visitor.identify()

    assert answer.status_code == 409
    visitor.choose(at(10))
    assert "L’Hostis-Haddad" in visitor.client.get("/reservation/").content.decode()


def test_a_proved_contact_needs_no_second_code_after_a_lost_race(visitor, diary, travel):
    visitor.choose()
    visitor.identify()
    code = visitor.received_code()
    travel(NOW + timedelta(minutes=9))
    visitor.client.post("/reservation/rendre/")
    visitor.choose(at(10))
    visitor.confirm(code)

    visitor.choose(at(11))
    answer = visitor.identify(first_names="Samir")

    assert answer.url.startswith("/rdv/")
    assert Appointment.objects.count() == 2


def test_a_hold_can_be_prolonged_but_not_past_an_hour(visitor, travel):
    visitor.choose()
    for minutes in (10, 20, 30, 40, 50):
        travel(NOW + timedelta(minutes=minutes))
        visitor.client.post("/reservation/prolonger/")

    page = visitor.client.get("/reservation/").content.decode()

    assert "13\u00a0h" in page
    assert "13\u00a0h\u00a005" not in page


def test_without_a_time_the_identity_leads_back_to_the_choice(visitor):
    assert visitor.client.get("/reservation/").url == "/"


def test_a_patient_who_says_to_be_known_and_is_not_gets_no_time_kept_for_known_ones(visitor, diary):
    diary.reason.bookable_by = "known"
    diary.reason.save()
    visitor.choose(known="yes")
    visitor.identify()

    answer = visitor.confirm()

    assert answer.status_code == 422
    assert "patients déjà suivis" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_second_visit_for_the_same_reason_can_replace_the_first(visitor, diary):
    diary.reason.one_upcoming = True
    diary.reason.save()
    visitor.book(at(9))
    visitor.choose(at(11))
    answer = visitor.identify()

    assert answer.status_code == 422
    visitor.client.post("/reservation/confirmer/", {"existing": "replace"})
    assert sorted(Appointment.objects.values_list("start__hour", "status")) == [(9, "cancelled"), (11, "confirmed")]
