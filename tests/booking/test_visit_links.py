"""The signed page of a visit: the proof, the calendar file, the cancellation, the move."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from agenda.models import Appointment
from booking.links import address_of_visit, sign_visit
from tests.agenda.diary import NOW, at
from tests.conftest import TOURCOING


@pytest.fixture
def visit(diary):
    """Nour's visit, Monday at nine."""
    return diary.book(at(9))


@pytest.fixture
def address(visit):
    """Its page."""
    return f"/rdv/{sign_visit(visit.id)}/"


def test_a_link_of_one_cabinet_is_404_in_another(address, other_client):
    assert other_client.get(address).status_code == 404


def test_a_link_with_one_letter_changed_is_404(address, client):
    letter = "A" if address[10] != "A" else "B"

    assert client.get(address[:10] + letter + address[11:]).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "....", "A" * 43, "%20"])
def test_nonsense_is_404(client, token, diary):
    assert client.get(f"/rdv/{token}/").status_code == 404


def test_the_link_alone_shows_neither_name_nor_reason(client, address, diary):
    page = client.get(address).content.decode()

    assert "Lundi 2\u00a0mars à 9\u00a0h" in page
    assert [word in page for word in ("Haddad", diary.reason.name)] == [False, False]


def test_pages_of_a_visit_are_not_cached(client, address):
    assert "no-store" in client.get(address)["Cache-Control"]


def test_the_calendar_file_says_when_and_where_but_not_what_for(client, address, visit, diary):
    answer = client.get(f"{address}rendez-vous.ics")

    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert (event.start, event.end) == (visit.start, visit.end)
    assert str(event["summary"]) == "Rendez-vous, Cabinet du Beffroi"
    assert diary.reason.name not in answer.content.decode()


def test_cancelling_asks_then_frees_the_time_and_keeps_why(client, address, diary):
    asked = client.get(f"{address}annuler/").content.decode()
    answer = client.post(f"{address}annuler/", {"reason": "prevented"})

    visit = Appointment.objects.get()
    assert "du lundi 2\u00a0mars à 9\u00a0h\u00a0?" in asked
    assert answer.url == address
    assert (visit.status, visit.cancelled_by, visit.cancellation_reason) == ("cancelled", "patient", "J’ai un empêchement")
    assert "Merci d’avoir prévenu." in client.get(address).content.decode()
    assert "09:00" in diary.slots()


def test_nobody_has_to_say_why(client, address):
    client.post(f"{address}annuler/")

    assert Appointment.objects.get().status == "cancelled"


def test_cancelling_twice_leads_to_the_cancelled_visit(client, address):
    client.post(f"{address}annuler/")

    assert client.post(f"{address}annuler/").url == address


def test_past_the_cut_off_the_page_gives_the_telephone(client, address, travel, two_hours_cut_off):
    travel(at(7, 1))

    answer = client.post(f"{address}annuler/")

    assert answer.status_code == 422
    assert "tel:+33320000001" in answer.content.decode()
    assert Appointment.objects.get().status == "confirmed"


def test_until_the_cut_off_patients_change_by_themselves(client, address, travel, two_hours_cut_off):
    travel(at(6, 59))

    client.post(f"{address}annuler/")

    assert Appointment.objects.get().status == "cancelled"


def test_moving_offers_the_same_reason_and_frees_the_old_time(client, address, diary, visit):
    page = client.get(f"{address}deplacer/").content.decode()
    answer = client.post(f"{address}deplacer/", {"start": at(11).isoformat(), "practitioner": str(diary.alma.id)})

    assert 'value="2026-03-02T11:00:00+01:00"' in page
    assert answer.url == address
    assert Appointment.objects.get().start == at(11)
    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:30"]


def test_moving_to_a_time_just_taken_changes_nothing_and_says_so(client, address, diary):
    diary.book(at(11), patient_id=None)

    answer = client.post(f"{address}deplacer/", {"start": at(11).isoformat(), "practitioner": str(diary.alma.id)})

    assert answer.status_code == 409
    assert "Rien n’a changé" in answer.content.decode()
    assert Appointment.objects.order_by("start").first().start == at(9)


def test_a_visit_of_yesterday_cannot_be_moved(client, address, travel):
    travel(NOW + timedelta(days=2))

    assert "ne se modifie plus en ligne" in client.get(f"{address}deplacer/").content.decode()


def test_messages_carry_the_absolute_address(visit, address, settings):
    settings.SECURE, settings.MEDIDESK_PORT = False, 8000

    assert address_of_visit(visit) == f"http://{TOURCOING}:8000{address}"
