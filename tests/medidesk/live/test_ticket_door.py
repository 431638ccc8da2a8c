"""Who works in the cabinet gets a ticket for it."""

import pytest

from medidesk.live.tickets import read_ticket


def test_ticket_door_gives_the_address_of_the_stream(client, basile, cabinet, settings):
    settings.MEDIDESK_EVENTS_URL = "http://{host}:8001"
    client.force_login(basile, backend="medidesk.accounts.backends.CabinetBackend")

    answer = client.get("/live/ticket")

    url = answer.json()["url"]
    assert url.startswith("http://tourcoing.localhost:8001/events/")
    ticket = read_ticket(url.rsplit("/", 1)[1])
    assert (ticket.cabinet, ticket.user, ticket.origin) == (str(cabinet.uuid), str(basile.pk), "http://tourcoing.localhost")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("who", ["nour", None])
def test_ticket_door_is_shut_for_others(client, nour, who):
    if who:
        client.force_login(nour, backend="medidesk.accounts.backends.CabinetBackend")

    assert client.get("/live/ticket").status_code in (302, 401, 403, 404)
