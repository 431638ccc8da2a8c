"""« Mes rendez-vous »: a code to the contact given when booking; nothing says whether a contact is known."""

from datetime import timedelta

import pytest

from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, at, make_patient

NOUR = "nour@patients.example"


@pytest.fixture
def visit(diary):
    """Nour's visit."""
    return diary.book(at(9))


def code():
    return Message.objects.filter(kind="code").latest("created_at").text.split("votre code\u00a0: ")[1][:6]


def enter(client):
    client.post("/mes-rendez-vous/", {"contact": NOUR})
    return client.post("/mes-rendez-vous/code/", {"code": code()})


def test_the_code_opens_the_list(client, visit):
    assert enter(client).url == "/mes-rendez-vous/"

    page = client.get("/mes-rendez-vous/").content.decode()
    assert "Lundi 2\u00a0mars à 9\u00a0h" in page
    assert "Nour Haddad" in page


def test_somebody_elses_visits_are_not_in_it(client, visit, diary):
    diary.book(at(10), patient_id=make_patient(first_names="Samir", email="samir@patients.example").id)
    enter(client)

    assert "Samir" not in client.get("/mes-rendez-vous/").content.decode()


def test_an_unknown_contact_gets_the_same_page_and_no_message(client, visit):
    known = client.post("/mes-rendez-vous/", {"contact": NOUR})
    unknown = client.post("/mes-rendez-vous/", {"contact": "inconnu@patients.example"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Message.objects.filter(kind="code").count() == 1
    assert client.post("/mes-rendez-vous/code/", {"code": "123456"}).status_code == 422


def test_the_proof_lasts_half_an_hour(client, visit, travel):
    enter(client)
    travel(NOW + timedelta(minutes=31))

    assert "Recevoir un code" in client.get("/mes-rendez-vous/").content.decode()


def test_leaving_forgets_the_visitor(client, visit):
    enter(client)

    client.post("/mes-rendez-vous/quitter/")

    assert "Recevoir un code" in client.get("/mes-rendez-vous/").content.decode()


def test_a_landline_is_refused_with_words(client, diary):
    answer = client.post("/mes-rendez-vous/", {"contact": "01 99 00 12 34"})

    assert answer.status_code == 422


def test_a_proof_of_one_cabinet_is_worth_nothing_in_another(client, visit, other_cabinet):
    enter(client)

    page = client.get("/mes-rendez-vous/", headers={"host": "reunion.localhost"}).content.decode()

    assert "Recevoir un code" in page
