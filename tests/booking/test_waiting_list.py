"""The waiting list as patients use it: joining with a code, wanting an earlier time, answering an offer by its link."""

import pytest

from agenda.models import Appointment, WaitingListEntry, WaitingOffer
from agenda.waiting_list.links import token_of
from agenda.waiting_list.tending import tend
from booking.links import address_of_offer, sign_visit
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, at
from tests.agenda.waiting_list.people import MINUTE, TEN, give_back, make_person, wait
from tests.booking.conftest import IDENTITY


@pytest.fixture
def wish(diary):
    """Monday mornings, for the diary's reason."""
    return {"motif": str(diary.reason.id), "jours": ["0"], "moments": ["matin"], "du": "", "au": "2026-06-30"}


@pytest.fixture
def offer(diary) -> WaitingOffer:
    """Ten o'clock is offered to somebody who waits."""
    wait(diary, make_person(1), now=NOW)
    give_back(diary.book(TEN))
    tend(NOW)
    return WaitingOffer.objects.get()


def code_sent() -> str:
    text = Message.objects.filter(kind="code").latest("created_at").text
    return next(word.strip(".") for word in text.split() if len(word.strip(".")) == 6 and word.strip(".").isdigit())


def page_of(client, offer, **said):
    path = f"/r/{token_of(offer.id)}"
    return client.post(path, said) if said else client.get(path)


def test_the_page_of_times_leads_to_the_list(client, diary):
    assert f"/liste-attente/?motif={diary.reason.id}" in client.get("/").content.decode()


def test_the_form_keeps_what_was_chosen(client, diary):
    page = client.get(f"/liste-attente/?motif={diary.reason.id}&praticien={diary.alma.id}").content.decode()

    assert f'<option value="{diary.reason.id}" selected>' in page
    assert f'value="{diary.alma.id}" id="id_praticiens_0" checked' in page


def test_joining_with_a_code(client, diary, wish):
    assert client.post("/liste-attente/", IDENTITY | wish).url == "/liste-attente/code/"
    wrong = client.post("/liste-attente/code/", {"code": "000000"})
    done = client.post("/liste-attente/code/", {"code": code_sent()})

    assert (wrong.status_code, done.status_code) == (422, 200)
    assert "Vous êtes sur la liste d’attente." in done.content.decode()
    entry = WaitingListEntry.objects.select_related("patient").get()
    assert (entry.patient.phone, entry.source, entry.joined_by, entry.windows, entry.until_date.isoformat()) == (
        "+33639980012", "website", "patient", [{"weekdays": [0], "start": 0, "end": 720}], "2026-06-30",
    )  # fmt: skip


def test_whoever_has_shown_the_number_needs_no_second_code(client, diary, wish):
    client.post("/liste-attente/", IDENTITY | wish)
    client.post("/liste-attente/code/", {"code": code_sent()})

    again = client.post("/liste-attente/", IDENTITY | wish)

    assert (again.status_code, "Vous êtes déjà sur la liste d’attente." in again.content.decode()) == (200, True)
    assert WaitingListEntry.objects.count() == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(client, diary, wish):
    answer = client.post("/liste-attente/", IDENTITY | wish | {"motif": "", "birth_name": ""})

    page = answer.content.decode()
    assert (answer.status_code, "Choisissez un motif." in page, "Saisissez votre nom de naissance." in page) == (422, True, True)
    assert "06 39 98 00 12" in page


def test_a_date_that_is_past_is_refused_in_words(client, diary, wish):
    client.post("/liste-attente/", IDENTITY | wish | {"au": "2026-01-01"})

    answer = client.post("/liste-attente/code/", {"code": code_sent()})

    assert (answer.status_code, "Cette date est passée." in answer.content.decode()) == (422, True)


def test_wanting_an_earlier_time_than_ones_visit(client, diary):
    visit = diary.book(at(11))
    path = f"/rdv/{sign_visit(visit.id)}/"
    assert f"{path}plus-tot/" in client.get(path).content.decode()

    assert client.post(f"{path}plus-tot/", {"jours": ["0"]}).status_code == 302
    assert "reste à vous" in client.get(f"{path}plus-tot/").content.decode()
    assert WaitingListEntry.objects.values_list("appointment", "patient", "state").get() == (visit.id, diary.nour.id, "waiting")

    client.post(f"{path}plus-tot/", {"arreter": "oui"})
    assert WaitingListEntry.objects.get().state == "withdrawn"


def test_too_late_for_an_earlier_time(client, diary, travel):
    visit = diary.book(at(11))
    travel(at(11, 5))

    answer = client.post(f"/rdv/{sign_visit(visit.id)}/plus-tot/", {"jours": ["0"]})

    assert "ne se modifie plus en ligne" in answer.content.decode()
    assert not WaitingListEntry.objects.exists()


def test_looking_at_an_offer_decides_nothing(client, offer):
    page = page_of(client, offer).content.decode()

    assert "Lundi 2\u00a0mars à 10\u00a0h" in page
    assert "12\u00a0h\u00a010" in page
    assert WaitingOffer.objects.get().state == "open"


def test_yes_by_the_link_leads_to_the_visit(client, diary, offer):
    answer = page_of(client, offer, reponse="oui")

    visit = Appointment.objects.get(status="confirmed")
    assert (answer.url, visit.start) == (f"/rdv/{sign_visit(visit.id)}/", TEN)
    assert page_of(client, offer).url == answer.url


def test_no_by_the_link(client, offer):
    assert "Vous restez sur la liste d’attente." in page_of(client, offer, reponse="non").content.decode()
    assert WaitingOffer.objects.get().state == "declined"


def test_too_late_by_the_link(client, offer, travel):
    travel(NOW + 11 * MINUTE)

    answer = page_of(client, offer, reponse="oui")

    assert (answer.status_code, "plus disponible" in answer.content.decode()) == (409, True)
    assert not Appointment.objects.filter(status="confirmed").exists()


def test_a_link_is_worth_nothing_elsewhere(client, other_client, offer):
    token = token_of(offer.id)

    assert (other_client.get(f"/r/{token}").status_code, client.get("/r/abcdefghijklmnop").status_code) == (404, 404)


def test_the_address_is_short_enough_for_an_sms(cabinet, offer, settings):
    settings.SECURE, settings.MEDIDESK_PORT = False, 8000

    assert address_of_offer(token_of(offer.id)) == f"http://tourcoing.localhost:8000/r/{token_of(offer.id)}"
    assert len(token_of(offer.id)) == 16
