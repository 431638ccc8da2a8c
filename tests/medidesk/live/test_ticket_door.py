"""Who works in the cabinet gets a ticket for it."""

import pytest

from medidesk.live.tickets import read_ticket


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """Second factors have their own tests."""
    settings.MEDIDESK_REQUIRE_MFA = False


def test_ticket_door_gives_the_address_of_the_stream(client, basile, cabinet, settings):
    settings.MEDIDESK_EVENTS_URL = "http://{host}:8001"
    client.force_login(basile)

    answer = client.get("/live/ticket")

    address, ticket = answer.json()["url"].rsplit("/", 1)
    seen = read_ticket(ticket)
    assert address == "http://tourcoing.localhost:8001/events"
    assert (seen.cabinet, seen.user, seen.origin) == (str(cabinet.uuid), str(basile.pk), "http://tourcoing.localhost")
    assert "no-store" in answer["Cache-Control"]


def test_ticket_door_does_not_exist_for_a_patient(client, nour):
    client.force_login(nour)

    assert client.get("/live/ticket").status_code == 404


def test_ticket_door_leads_a_stranger_to_sign_in(client):
    assert client.get("/live/ticket").url == "/compte/login/?next=/live/ticket"
