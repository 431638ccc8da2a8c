"""After an absence: the patient's page proposes other times, and takes one in a tap."""

import re
from datetime import timedelta

import pytest

from agenda.mass_absence import carry_out_due, prepare, send
from agenda.models import Appointment, MassAbsenceLine
from agenda.running_late import announce_delay
from agenda.scheduling import cancel_appointment
from booking.links import sign_visit
from tests.agenda.diary import NOW, STAFF, at, make_patient
from tests.agenda.mass_absence.day import AFTER, scope
from tests.agenda.told import NEXT_MONDAY


@pytest.fixture
def visit(diary):
    """Nour at nine, whose practitioner will be away."""
    return diary.book(at(9))


def taken_by_an_absence(diary):
    send(prepare(scope(diary), actor=STAFF, now=NOW).id, actor=STAFF, now=NOW)
    carry_out_due(AFTER)


def address(visit, rest="autre-horaire/"):
    return f"/rdv/{sign_visit(visit.id)}/{rest}"


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).replace("\u00a0", " ").split())


def test_the_visit_leads_to_other_times(client, diary, visit):
    taken_by_an_absence(diary)

    page = client.get(address(visit, ""))

    assert "Votre rendez-vous est annulé." in words(page) and f'href="{address(visit)}"' in page.content.decode()


def test_the_proposed_times_are_one_tap_away(client, diary, visit):
    taken_by_an_absence(diary)

    page = words(client.get(address(visit)))

    assert "Le cabinet vous propose Lundi 9 mars à 9 h, Dr Alma Delcourt Lundi 9 mars à 9 h 30" in page
    assert "Haddad" not in page and "Consultation" not in page


def test_a_tap_books_and_shows_the_new_visit(client, diary, visit):
    taken_by_an_absence(diary)

    answer = client.post(address(visit), {"start": at(9, 30, NEXT_MONDAY).isoformat(), "practitioner": diary.alma.id})

    booked = Appointment.objects.exclude(pk=visit.pk).get()
    assert (booked.start, booked.patient, answer.url) == (at(9, 30, NEXT_MONDAY), diary.nour, address(booked, ""))
    assert client.get(address(visit)).url == address(booked, "")
    assert "Voir le nouveau rendez-vous" in client.get(address(visit, "")).content.decode()


def test_two_taps_book_once(client, diary, visit):
    taken_by_an_absence(diary)
    form = {"start": at(9, 30, NEXT_MONDAY).isoformat(), "practitioner": diary.alma.id}

    client.post(address(visit), form)
    client.post(address(visit), form | {"start": at(10, 0, NEXT_MONDAY).isoformat()})

    assert Appointment.objects.filter(status="confirmed").count() == 1


def test_a_time_just_taken_is_said_and_others_offered(client, diary, visit):
    taken_by_an_absence(diary)
    diary.book(at(9, day=NEXT_MONDAY), patient_id=make_patient(first_names="Zoé").id)

    answer = client.post(address(visit), {"start": at(9, day=NEXT_MONDAY).isoformat(), "practitioner": diary.alma.id})

    assert (answer.status_code, "Cet horaire vient d’être pris." in words(answer)) == (409, True)
    assert "Le cabinet vous propose Lundi 9 mars à 9 h 30" in words(answer)


@pytest.mark.parametrize("form", [{}, {"start": "demain", "practitioner": "x"}, {"start": "2026-03-09T09:00", "practitioner": "x"}])
def test_nonsense_leads_back_to_the_times(client, diary, visit, form):
    taken_by_an_absence(diary)

    assert client.post(address(visit), form).url == address(visit)


def test_a_visit_cancelled_otherwise_is_not_chosen_again_here(client, diary, visit):
    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=STAFF, now=NOW)

    assert client.get(address(visit)).url == address(visit, "")
    assert client.get(f"/rdv/{'A' * 43}/autre-horaire/").status_code == 404


def test_the_household_s_other_visits_are_named_by_their_times(client, diary, visit):
    other = diary.book(at(10))
    taken_by_an_absence(diary)

    page = client.get(address(visit))

    assert f'href="{address(other)}"' in page.content.decode()
    assert "Aussi concernés Lundi 2 mars à 10 h" in words(page)
    assert MassAbsenceLine.objects.values("told_with").distinct().count() == 1


def test_the_visit_shows_how_late_the_practitioner_runs(client, diary, visit, travel):
    travel(at(8, 30))
    announce_delay(practitioner_id=diary.alma.id, minutes=20, actor=STAFF, now=at(8, 30))

    assert "Aujourd’hui, le Dr Alma Delcourt a environ 20 min de retard." in words(client.get(address(visit, "")))
    travel(at(8, 30) + timedelta(days=1))
    assert "retard" not in words(client.get(address(visit, "")))
