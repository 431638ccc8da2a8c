"""The owner adapts how a described platform is spoken to; nothing typed is lost when that is refused."""

import pytest
from django.core.management import call_command

from integrations.generic_rest.shipped import shipped_text
from integrations.models import Connection
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_of
from medidesk import clock
from tests.integrations.connections.test_health_pages import page_of, shown

ADDRESS = "http://127.0.0.1:9/api/v3"
SHIPPED = shipped_text("clickdoc")
FILLED = {"base_url": ADDRESS, "api_key": "clef", "preset": "aggregation", "mode": "rehearsal", "reminds": "platform"}
PAGE = "/connexions/relier/clickdoc"


@pytest.fixture(autouse=True)
def _private_targets(settings) -> None:
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True


@pytest.fixture
def clickdoc(owner) -> Connection:
    """ClickDoc, spoken to as the project has it."""
    owner.post(PAGE, FILLED | {"wire_text": SHIPPED})
    return Connection.objects.get()


def test_the_description_that_comes_with_the_project_is_shown_and_not_kept(owner):
    assert "durationMinutes" in shown(owner.get(PAGE))

    owner.post(PAGE, FILLED | {"wire_text": SHIPPED.replace("\n", "\r\n")})

    made = Connection.objects.get()
    assert made.wire_text == ""
    assert Capability.WRITE_VISITS in connector_of(made).capabilities


def test_an_adapted_description_decides_from_then_on(owner, clickdoc):
    Connection.objects.update(cursor="2026-03-02T08:00:00Z", webhook_registered_at=clock.now())
    adapted = SHIPPED.replace("durationMinutes", "length")

    owner.post(f"{page_of(clickdoc)}/reglages", FILLED | {"api_key": "", "wire_text": adapted})

    clickdoc.refresh_from_db()
    assert clickdoc.wire_text == adapted
    assert connector_of(clickdoc).described.visits.fields["minutes"] == "length"
    assert (clickdoc.cursor, clickdoc.webhook_registered_at) == ("", None)
    assert "length" in shown(owner.get(f"{page_of(clickdoc)}/reglages"))


def test_emptied_it_is_the_project_s_again(owner, clickdoc):
    Connection.objects.update(wire_text=SHIPPED.replace("durationMinutes", "length"))

    owner.post(f"{page_of(clickdoc)}/reglages", FILLED | {"api_key": "", "wire_text": " \r\n"})

    clickdoc.refresh_from_db()
    assert clickdoc.wire_text == ""


def test_what_is_wrong_is_told_with_its_lines_and_nothing_typed_is_lost(owner, clickdoc):
    wrong = SHIPPED.replace('"utc"', '"UTC"').replace('{"get": "/appointments/{id}"}', '{"get": "appointments/{id}"}')
    line = next(number for number, text in enumerate(wrong.split("\n"), 1) if '"one"' in text)

    answer = owner.post(f"{page_of(clickdoc)}/reglages", FILLED | {"api_key": "", "mode": "in", "wire_text": wrong})

    page = shown(answer).replace("\u00a0", " ")
    assert answer.status_code == 422
    assert "Ligne 4, times : doit être l’un de : utc, offset, local, epoch." in page
    assert f"Ligne {line}, visits.one.get : le chemin commence par « / »" in page
    assert '{"get": "appointments/{id}"}' in page
    assert '<details class="fold card" open>' in page
    clickdoc.refresh_from_db()
    assert (clickdoc.wire_text, clickdoc.mode) == ("", "rehearsal")


def test_what_the_description_has_no_call_for_is_no_switch(owner):
    page = shown(owner.get("/connexions/relier/medoucine"))

    assert 'name="busy_out"' in page
    assert 'name="appointments_out"' not in page
    assert 'name="webhook_secret"' not in page


def test_a_platform_with_a_protocol_of_its_own_is_not_described(owner):
    assert 'name="wire_text"' not in shown(owner.get("/connexions/relier/maiia"))


@pytest.mark.parametrize("platform", ["clickdoc", "docorga", "medoucine"])
def test_the_command_connects_it(cabinet, platform, capsys):
    call_command("connect_platform", "tourcoing", platform, "--base-url", ADDRESS, "--api-key", "clef")

    assert Connection.objects.get().platform == platform
