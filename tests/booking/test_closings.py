"""Somebody who missed visits, on the patients' site: told why and until when, and heard."""

import re

import pytest

from agenda.missed_visits import keep_closing, lift_closing
from agenda.models import Appointment, ClosingReview
from booking.links import sign_visit
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import NOW, STAFF, at
from tests.agenda.missed import miss_times, switch_on

MOBILE = "+33639980012"
FERMEE = "la réservation en ligne est fermée jusqu’au samedi 23\u00a0mai inclus"


@pytest.fixture
def nour(diary):
    """Nour as her forms will write her."""
    Patient.objects.filter(pk=diary.nour.pk).update(birth_name="L’Hostis-Haddad", phone=MOBILE)
    return diary.nour


@pytest.fixture
def missed(diary, nour):
    """Nour has missed three visits."""
    switch_on()
    return miss_times(diary, 3)


def contest_address(visit):
    return f"/rdv/{sign_visit(visit.id)}/contester/"


def contest(client, visit, text="J’avais prévenu."):
    return client.post(contest_address(visit), {"text": text})


def test_booking_is_refused_with_why_until_when_and_the_telephone(visitor, missed):
    visitor.choose(at(9))
    visitor.identify()
    answer = visitor.confirm()
    html = answer.content.decode()

    assert answer.status_code == 422
    assert FERMEE in html
    assert "3 rendez-vous sont notés comme manqués" in html
    assert 'href="tel:+33320000001"' in html
    assert contest_address(missed[2]) in html
    assert not Appointment.objects.filter(start=at(9)).exists()
    assert "09:00" in visitor.diary.slots()


def test_another_person_with_the_same_telephone_books(visitor, missed):
    visitor.choose(at(9))
    visitor.identify(birth_name="Autre", birth_year="1985")

    assert visitor.confirm().url.startswith("/rdv/")


def test_after_two_missed_visits_the_cabinet_validates(visitor, diary, nour):
    switch_on()
    miss_times(diary, 2)
    visitor.book(at(9))

    assert Appointment.objects.get(start=at(9)).status == "requested"


def test_the_list_of_visits_says_it(client, missed):
    client.post("/mes-rendez-vous/", {"contact": "06 39 98 00 12"})
    code = re.search(r"votre code est (\d{6})", Message.objects.filter(kind="code").latest("created_at").text)
    client.post("/mes-rendez-vous/code/", {"code": code[1]})
    html = client.get("/mes-rendez-vous/").content.decode()

    assert f"Nour\u00a0: {FERMEE}" in html
    assert contest_address(missed[2]) in html


def test_the_page_of_the_last_missed_visit_says_it_and_that_of_another_does_not(client, missed):
    pages = [client.get(f"/rdv/{sign_visit(visit.id)}/").content.decode() for visit in (missed[2], missed[0])]

    assert [FERMEE in page for page in pages] == [True, False]


def test_contesting_once(client, missed):
    answer = contest(client, missed[2])
    page = client.get(answer.url).content.decode()

    assert ClosingReview.objects.get().contest == "J’avais prévenu."
    assert "Votre message est parti" in page
    assert "<form" not in page.split("<main")[1]


def test_contesting_twice_is_409_and_keeps_the_first_words(client, missed):
    contest(client, missed[2])

    assert contest(client, missed[2], "Encore").status_code == 409
    assert ClosingReview.objects.get().contest == "J’avais prévenu."


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "a\0b"])
def test_what_cannot_be_sent_is_said_beside_the_field(client, missed, text):
    answer = contest(client, missed[2], text)

    assert answer.status_code == 422
    assert 'href="#id_text"' in answer.content.decode()


def test_the_answer_of_the_cabinet_is_read(client, diary, missed):
    contest(client, missed[2])
    keep_closing(patient_id=diary.nour.id, motive="Trois fois <sans prévenir>", actor=STAFF, now=NOW)

    assert "Sa réponse\u00a0: Trois fois &lt;sans prévenir&gt;" in client.get(contest_address(missed[2])).content.decode()


def test_what_is_open_has_nothing_to_contest(client, diary, missed):
    lift_closing(patient_id=diary.nour.id, motive="Erreur", actor=STAFF, now=NOW)

    assert "Il n’y a rien à contester." in client.get(contest_address(missed[2])).content.decode()
    assert contest(client, missed[2]).status_code == 409


def test_after_a_lifting_booking_is_open_again(visitor, diary, missed):
    lift_closing(patient_id=diary.nour.id, motive="Erreur", actor=STAFF, now=NOW)
    visitor.book(at(9))

    assert Appointment.objects.get(start=at(9)).status == "confirmed"


def test_a_visit_booked_before_may_still_be_moved_and_cancelled(client, diary, missed):
    visit = diary.book(at(10), actor=STAFF, source="phone")
    html = client.get(f"/rdv/{sign_visit(visit.id)}/").content.decode()
    moved = client.post(f"/rdv/{sign_visit(visit.id)}/deplacer/", {"start": at(11).isoformat(), "practitioner": str(diary.alma.id)})

    assert "Déplacer" in html
    assert moved.status_code == 302
    assert Appointment.objects.get(pk=visit.pk).start == at(11)


def test_a_link_of_another_visit_contests_nothing(client, missed):
    assert contest(client, missed[0]).status_code == 409
    assert client.get("/rdv/nonsense/contester/").status_code == 404
