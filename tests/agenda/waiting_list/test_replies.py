"""An SMS is an answer to an offer, or read by a person."""

import pytest

from agenda.models import Appointment, WaitingOffer
from agenda.waiting_list.replies import understood
from agenda.worklist import tasks
from medidesk.messaging.incoming import listen_to_due, store_sms
from medidesk.messaging.models import IncomingMessage
from tests.agenda.diary import NOW, at
from tests.agenda.told import sent
from tests.agenda.waiting_list.people import MINUTE, TEN, freed_at_ten, give_back, go, make_person, wait

GONE = "Cabinet du Beffroi : cette heure n'est plus disponible. Vous restez sur la liste d'attente. Une question ? 03 20 00 00 01"


@pytest.fixture
def offered(diary):
    """The person with the first number is offered ten o'clock."""
    wait(diary, make_person(1))
    freed_at_ten(diary)
    go(NOW)
    sent(NOW)


def arrives(text, number="+33639980001", now=NOW, key="1"):
    """The provider hands a message over, the worker listens; what became of it."""
    store_sms(message_id=key, sender=number, text=text, sent_at=now, now=now)
    listen_to_due(now)
    message = IncomingMessage.objects.get(message_id=key)
    return message.state, message.outcome


WAYS = ["OUI", "oui", "Oui merci !", "« Oui »", '"OUI"', "Ok, d'accord", "oui.\n> Une heure s'est libérée", "Bonjour, oui je prends", "óui"]


@pytest.mark.parametrize("text", WAYS)
def test_yes_in_the_ways_people_write_it(text):
    assert understood(text) is True


@pytest.mark.parametrize("text", ["NON", "non merci", "Non désolée", "no"])
def test_no_in_the_ways_people_write_it(text):
    assert understood(text) is False


@pytest.mark.parametrize("text", ["", "oui mais à 11h", "oui non", "Qui êtes-vous ?", "je ne sais pas", "STOP", "👍", "non pas oui"])
def test_anything_else_is_for_a_person(text):
    assert understood(text) is None


def test_yes_books(offered):
    assert arrives("Oui merci") == ("understood", "accepted")

    visit = Appointment.objects.get(status="confirmed")
    assert (visit.start, visit.patient.phone) == (TEN, "+33639980001")


def test_any_spelling_of_the_number(offered):
    assert arrives("oui", number="06 39 98 00 01") == ("understood", "accepted")


def test_no_declines(offered):
    assert arrives("NON") == ("understood", "declined")
    assert WaitingOffer.objects.get().state == "declined"


def test_the_same_message_twice_is_one(offered):
    arrives("oui")

    assert store_sms(message_id="1", sender="+33639980001", text="oui", sent_at=NOW, now=NOW) is False
    assert IncomingMessage.objects.count() == 1


def test_yes_too_late_is_answered_politely_once(offered):
    go(NOW + 10 * MINUTE)

    assert arrives("oui", now=NOW + 11 * MINUTE) == ("understood", "too late")
    assert arrives("oui oui", now=NOW + 12 * MINUTE, key="2") == ("understood", "too late")

    assert sent(NOW + 13 * MINUTE) == [GONE]
    assert not Appointment.objects.filter(status="confirmed").exists()


def test_no_after_yes_is_for_a_person(offered):
    arrives("oui")

    assert arrives("non", key="2") == ("for_people", "")


@pytest.mark.parametrize(("text", "number"), [("plutôt demain ?", "+33639980001"), ("oui", "+33639980099"), ("oui", "Ameli")])
def test_what_is_not_understood_waits_for_a_person(offered, text, number):
    assert arrives(text, number) == ("for_people", "")
    assert [(task.kind, task.detail) for task in tasks(NOW) if task.kind == "sms"] == [("sms", f"«\u00a0{text}\u00a0»")]


def test_two_offers_for_one_number_are_ambiguous(diary, offered):
    wait(diary, make_person(2, phone="+33639980001"))
    give_back(diary.book(at(11)))
    go(NOW)

    assert arrives("oui") == ("for_people", "")
    assert WaitingOffer.objects.filter(state="open").count() == 2
