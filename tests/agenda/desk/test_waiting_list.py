"""The waiting list at the desk."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda import setup
from agenda.models import Appointment, FreedTime, WaitingListEntry, WaitingListRules, WaitingOffer
from agenda.waiting_list.tending import tend
from medidesk.messaging.incoming import listen_to_due, store_sms
from medidesk.messaging.models import IncomingMessage
from tests.agenda.diary import MONDAY, at
from tests.agenda.waiting_list.people import give_back, make_person, wait

LIST = "/agenda/liste-attente"
NOW = at(9, 31)
ELEVEN = at(11)


@pytest.fixture
def person(diary):
    """Somebody who waits, with a mobile."""
    return wait(diary, make_person(1), now=NOW).patient


@pytest.fixture
def freed(diary, person):
    """Eleven o'clock was given back; the worker has not looked yet."""
    give_back(diary.book(ELEVEN), NOW)
    return FreedTime.objects.get()


def text(client, path=LIST):
    return client.get(path).content.decode()


def test_list_says_who_waits_for_what(desk, diary, person):
    page = text(desk)

    assert "ATTENTE1 Ines" in page
    assert "n’importe quand" in page
    assert "En attente" in page


def test_filters(desk, diary, person):
    assert "ATTENTE1" in text(desk, f"{LIST}?etat=waiting&praticien={diary.alma.id}&motif={diary.reason.id}")
    assert "ATTENTE1" not in text(desk, f"{LIST}?etat=booked")


def test_joining_from_a_search(desk, diary):
    make_person(3)
    searched = desk.post(f"{LIST}/ajouter", {"q": "attente3", "etape": "choix", "jours": ["0"]}).content.decode()
    assert "<mark>ATTENTE3</mark> Ines" in searched
    patient = make_person(4)

    answer = desk.post(
        f"{LIST}/ajouter",
        {"patient": patient.id, "motif": diary.reason.id, "jours": ["0", "3"], "moments": ["matin"], "priorite": "urgent", "note": "x"},
    )

    assert (answer.status_code, answer.url) == (302, LIST)
    entry = WaitingListEntry.objects.get()
    assert (entry.patient, entry.windows, entry.priority, entry.joined_by, entry.source) == (
        patient, [{"weekdays": [0, 3], "start": 0, "end": 720}], "urgent", "Basile Vandamme", "phone",
    )  # fmt: skip


def test_joining_refused_in_words(desk, diary, person):
    empty = desk.post(f"{LIST}/ajouter", {"motif": ""})
    twice = desk.post(f"{LIST}/ajouter", {"patient": person.id, "motif": diary.reason.id, "priorite": "normal"})

    assert (empty.status_code, twice.status_code) == (422, 409)
    assert "Choisissez un motif." in empty.content.decode()
    assert "déjà sur la liste" in twice.content.decode()


def test_changing_and_leaving(desk, diary, person):
    entry = WaitingListEntry.objects.get()
    fields = {"motif": diary.reason.id, "moments": ["apres-midi"], "priorite": "soon", "note": ""}

    assert desk.post(f"{LIST}/{entry.id}", fields).status_code == 302
    entry.refresh_from_db()
    assert (entry.windows[0]["start"], entry.priority) == (720, "soon")

    desk.post(f"{LIST}/{entry.id}/retirer")
    entry.refresh_from_db()
    assert entry.state == "withdrawn"


def test_a_cancelled_visit_offers_its_time_to_the_list(desk, diary, freed):
    visit = Appointment.objects.get(status="cancelled")

    assert "Proposer à la liste d’attente (1)" in text(desk, f"/agenda/rendez-vous/{visit.id}")


def test_candidates_with_their_reasons_and_proposing_by_hand(desk, diary, freed):
    path = f"{LIST}/heure?heure={freed.id}"
    page = text(desk, path)
    assert "1. ATTENTE1 Ines" in page
    assert "Sans rendez-vous · Attend depuis aujourd’hui" in page

    answer = desk.post(path, {"inscription": WaitingListEntry.objects.get().id, "debut": ELEVEN.isoformat(), "canal": ""})

    assert answer.url == LIST
    offer = WaitingOffer.objects.get()
    assert (offer.state, offer.channel, offer.offered_by, offer.freed_id) == ("open", "sms", "Basile Vandamme", freed.id)
    assert "réponse avant 09:41" in text(desk)


def test_a_yes_given_by_telephone_books(desk, diary, freed):
    desk.post(
        f"{LIST}/heure?heure={freed.id}",
        {"inscription": WaitingListEntry.objects.get().id, "debut": ELEVEN.isoformat(), "canal": "phone"},
    )

    desk.post(f"{LIST}/propositions/{WaitingOffer.objects.get().id}", {"reponse": "oui"})

    visit = Appointment.objects.get(status="confirmed")
    assert (visit.start, visit.booked_by, WaitingListEntry.objects.get().state) == (ELEVEN, "Basile Vandamme", "booked")


def test_a_no_and_taking_back(desk, diary, freed):
    tend(NOW)
    desk.post(f"{LIST}/propositions/{WaitingOffer.objects.get().id}", {"reponse": "non"})
    assert WaitingOffer.objects.get().state == "declined"

    desk.post(f"{LIST}/heures/{freed.id}/arreter")
    freed.refresh_from_db()
    assert freed.state == "stopped"
    assert "Heures libérées" not in text(desk)


def test_hours_that_open_show_until_when_and_all_who_are_asked(desk, diary):
    for number in (1, 2):
        wait(diary, make_person(number), now=NOW)
    hours = {"practitioner": diary.alma.id, "site": diary.site.id, "weekday": None, "date": MONDAY, "start": 14 * 60, "end": 16 * 60}
    setup.create(setup.HOURS, hours, now=NOW)
    tend(at(9, 33))

    page = text(desk)

    assert "jusqu’à 16:00" in page
    assert ("Proposée à ATTENTE1 Ines" in page, "Proposée à ATTENTE2 Ines" in page) == (True, True)
    assert (page.count("A dit oui"), page.count("Choisir à qui la proposer")) == (2, 1)


def test_hours_that_open_and_that_nobody_wants_are_no_news(desk, diary):
    wait(diary, make_person(1), now=NOW, until_date=MONDAY)
    hours = {"practitioner": diary.alma.id, "site": diary.site.id, "weekday": None, "date": date(2026, 3, 4), "start": 600, "end": 720}
    setup.create(setup.HOURS, hours, now=NOW)
    tend(at(9, 33))

    assert (FreedTime.objects.get().state, "Heures libérées" in text(desk)) == ("nobody", False)


def test_the_agenda_shows_who_is_being_asked(desk, diary, freed):
    tend(NOW)

    page = text(desk, "/agenda/jour/2026-03-02")

    assert "réponse avant 09:41" in page


def test_owner_says_how_times_are_offered(sign_in, alma, diary):
    owner = sign_in(alma)
    values = {"automatic": "on", "lead_minutes": 90, "answer_minutes": 45, "near_answer_minutes": 15, "near_hours": 12}

    owner.post(f"{LIST}/reglages", values)
    owner.post(f"{LIST}/reglages", values | {"answer_minutes": 3})

    assert WaitingListRules.objects.values_list("lead_minutes", "answer_minutes").get() == (90, 45)


def test_rights(desk, telesecretary_desk, practitioner_desk, diary, freed):
    entry = WaitingListEntry.objects.get()

    assert "Inscrire un patient" not in text(telesecretary_desk)
    assert telesecretary_desk.post(f"{LIST}/{entry.id}/retirer").status_code == 404
    assert desk.post(f"{LIST}/reglages").status_code == 404
    assert practitioner_desk.get(f"{LIST}/heure?heure={freed.id}").status_code == 200
    diary.alma.user = None
    diary.alma.save()
    assert practitioner_desk.get(f"{LIST}/heure?heure={freed.id}").status_code == 404


def test_an_sms_for_people_is_read_and_settled(desk, diary, person):
    store_sms(message_id="1", sender=person.phone, text="Plutôt jeudi ?", sent_at=NOW, now=NOW)
    listen_to_due(NOW)
    path = f"/agenda/sms/{IncomingMessage.objects.get().id}"

    assert "Plutôt jeudi ?" in text(desk, "/agenda/a-traiter")
    assert "ATTENTE1 Ines" in text(desk, path)
    assert desk.post(path).url == "/agenda/a-traiter"

    assert IncomingMessage.objects.values_list("state", "settled_by").get() == ("settled", "Basile Vandamme")
    assert "Plutôt jeudi ?" not in text(desk, "/agenda/a-traiter")


def test_as_many_queries_for_thirty_as_for_one(desk, diary, freed):
    tend(NOW)
    text(desk)
    with CaptureQueriesContext(connection) as one:
        text(desk)
    for number in range(10, 39):
        wait(diary, make_person(number), now=NOW)

    with CaptureQueriesContext(connection) as thirty:
        assert text(desk).count("<tr><td>") == 30
    assert len(thirty) == len(one)
