"""A platform that speaks two wire formats: the owner chooses, and the page says what the chosen one cannot do."""

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.changing import Settings, change_connection
from integrations.forms import ConnectionForm
from integrations.models import Connection
from medidesk import clock
from medidesk.cabinets.current import current_cabinet
from medidesk.errors import Refused
from tests.integrations.connections.test_connection_settings import ADDRESS, FILLED, flows
from tests.integrations.connections.test_health_pages import page_of, shown
from tests.integrations.house import BASILE

PARTNER = {**FILLED, "wire_format": "partner", "secret": "le-secret", "preset": "bidirectional"}
BUSY = "Aucun horaire ne peut y être fermé"


@pytest.fixture(autouse=True)
def _private_targets(settings) -> None:
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True


def test_the_partner_protocol_is_chosen_with_its_secret_and_does_what_it_can(owner):
    owner.post("/connexions/relier/doctolib", PARTNER)

    made = Connection.objects.get()
    assert (made.wire_format, made.keys) == ("partner", {"api_key": "clef-neuve", "secret": "le-secret"})
    assert flows(made) == {"appointments_in", "patients_in", "reasons", "appointments_out"}


def test_without_its_secret_it_is_not_related(owner):
    answer = owner.post("/connexions/relier/doctolib", {**PARTNER, "secret": ""})

    assert (answer.status_code, Connection.objects.count()) == (422, 0)
    assert 'id="id_secret_error"' in shown(answer)


def test_the_usual_format_needs_no_secret_and_takes_none(owner):
    owner.post("/connexions/relier/doctolib", {**FILLED, "secret": "égaré"})

    assert Connection.objects.get().keys == {"api_key": "clef-neuve"}


def test_an_unknown_format_is_refused_beside_its_field(owner):
    answer = owner.post("/connexions/relier/doctolib", {**PARTNER, "wire_format": "télex"})

    assert (answer.status_code, Connection.objects.count()) == (422, 0)
    assert 'id="id_wire_format_error"' in shown(answer)


def test_the_address_of_the_other_format_is_not_kept(cabinet):
    form = ConnectionForm("doctolib", None, {**PARTNER, "base_url": "https://api.doctolib.com/v1"})

    assert form.is_valid()
    assert form.settings.base_url == "https://api.doctolib.fr"


def test_the_page_says_what_cannot_be_done(owner, connection):
    usual = shown(owner.get(f"{page_of(connection)}/reglages"))
    Connection.objects.update(wire_format="partner")
    partner = shown(owner.get(f"{page_of(connection)}/reglages"))

    assert [BUSY in page for page in (usual, partner)] == [False, True]
    assert 'name="busy_out"' in usual
    assert 'name="busy_out"' not in partner


def test_a_platform_of_one_format_is_not_asked_which(owner):
    assert 'name="wire_format"' not in shown(owner.get("/connexions/relier/maiia"))


def test_another_format_is_read_from_its_beginning_and_drops_the_other_s_keys(owner, connection):
    wanted = Settings(mode="both", reminds="platform", flows={"appointments_out": True}, wire_format="partner", base_url=ADDRESS)
    with pytest.raises(Refused) as refused:
        change_connection(connection, wanted, actor=BASILE, now=clock.now())
    assert refused.value.code == "keys-missing"

    Connection.objects.update(cursor="2026-03-02T08:00:00Z")
    owner.post(f"{page_of(connection)}/reglages", {**PARTNER, "api_key": "", "mode": "both"})
    connection.refresh_from_db()
    assert (connection.wire_format, connection.cursor, connection.further_keys) == ("partner", "", {"secret": "le-secret"})

    owner.post(f"{page_of(connection)}/reglages", {**FILLED, "api_key": "", "mode": "both"})
    connection.refresh_from_db()
    assert (connection.wire_format, connection.further_keys) == ("", {})


def test_times_closed_in_a_format_that_can_are_left_alone_by_one_that_cannot(owner, connection):
    connection.references.create(kind="busy", external_id="busy_1", content={})

    owner.post(f"{page_of(connection)}/reglages", {**PARTNER, "api_key": "", "mode": "both"})

    assert not connection.references.standing().exists()


@pytest.mark.parametrize(("words", "wire_format"), [(("--wire-format", "partner", "--key", "secret=s"), "partner"), ((), "")])
def test_the_command_chooses_it(cabinet, capsys, words, wire_format):
    keys = ("--base-url", "http://127.0.0.1:9", "--api-key", "k")

    call_command("connect_platform", current_cabinet().slug, "doctolib", *keys, *words)

    made = Connection.objects.get(pk=capsys.readouterr().out.split()[-1])
    assert made.wire_format == wire_format


def test_the_command_knows_no_other(cabinet):
    with pytest.raises(CommandError, match="partner"):
        call_command("connect_platform", current_cabinet().slug, "doctolib", "--api-key", "k", "--wire-format", "telex")
