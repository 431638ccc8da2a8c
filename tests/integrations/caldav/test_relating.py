"""From an address to the calendars, and the command."""

import pytest
from django.core.management import call_command

from integrations.connections.connecting import connect
from integrations.models import Connection
from integrations.speaking.calls import calling
from medidesk import clock
from medidesk.cabinets.current import current_cabinet
from tests.integrations.caldav.radicale import Radicale
from tests.integrations.house import monday


def calendars(server: Radicale, path: str) -> list[tuple[str, str]]:
    """What is found from there."""
    keys = {"api_key": "secret:é", "further_keys": {"user": "alma"}}
    made = connect(platform="caldav", base_url=server.url + path, **keys, now=clock.now())
    with calling(made) as connector:
        return sorted(connector.practitioners())


@pytest.mark.parametrize("path", ["", "/", "/alma/"])
def test_every_calendar_of_the_account_is_found_from_any_address_on_the_way(cabinet, hooks, server, path):
    server.make("agenda")
    server.make("garde")
    server.make("taches", "VTODO")

    assert calendars(server, path) == [("/alma/agenda/", "agenda"), ("/alma/garde/", "garde")]


def test_the_address_of_one_calendar_is_that_calendar(cabinet, hooks, server):
    server.make("agenda")
    server.make("garde")

    assert calendars(server, "/alma/garde/") == [("/alma/garde/", "garde")]


def test_even_the_address_of_an_event_leads_to_the_calendars(cabinet, hooks, server):
    calendar = server.make("agenda")
    server.write(calendar, "a", monday(10))

    assert calendars(server, "/alma/agenda/a.ics") == [("/alma/agenda/", "agenda")]


def test_it_is_connected_by_command(calendared, server, capsys):
    server.write(calendared.calendar, "a", monday(10))
    words = ("--base-url", server.url + "/alma", "--api-key", "secret:é", "--key", "user=alma", "--mode", "in")

    call_command("connect_platform", current_cabinet().slug, "caldav", *words, "--map-practitioner", f"{calendared.alma.id}=/alma/agenda/")

    assert Connection.objects.get(pk=capsys.readouterr().out.split()[-1]).mode == "in"
    assert calendared.seen() == [(monday(10), "confirmed")]
