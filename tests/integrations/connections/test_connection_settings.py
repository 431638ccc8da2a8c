"""The owner's pages of a connection: relate, change, renew the secret, cut, and relate again."""

import uuid

import pytest

from integrations.connections.changing import Settings, open_connection
from integrations.connections.disconnecting import disconnect
from integrations.connections.presets import Preset, flows_of, preset_of
from integrations.models import Connection, OutboundChange
from integrations.speaking.base import Capability
from medidesk import clock
from medidesk.due.models import DuePointer
from medidesk.errors import Refused
from tests.agenda.diary import at
from tests.integrations.connections.conftest import tell
from tests.integrations.connections.test_health_pages import page_of, shown
from tests.integrations.house import BASILE

ALL = Capability.WRITE_BUSY | Capability.WRITE_VISITS
ADDRESS = "http://127.0.0.1:9/v1"
FILLED = {"base_url": ADDRESS, "api_key": "clef-neuve", "preset": "aggregation", "mode": "rehearsal", "reminds": "platform"}


@pytest.fixture(autouse=True)
def _private_targets(settings) -> None:
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True


def flows(connection: Connection) -> set[str]:
    """Those that are on."""
    names = ("appointments_in", "patients_in", "reasons", "busy_out", "appointments_out", "status_out")
    return {name for name in names if getattr(connection, name)}


def test_a_platform_is_chosen_then_related_in_rehearsal(owner):
    assert "/connexions/relier/doctolib" in shown(owner.get("/connexions/relier"))

    answer = owner.post("/connexions/relier/doctolib", FILLED)

    made = Connection.objects.get()
    assert answer["Location"] == page_of(made)
    assert (made.base_url, made.api_key, made.mode, made.reminds) == (ADDRESS, "clef-neuve", "rehearsal", "platform")
    assert flows(made) == {"appointments_in", "patients_in", "reasons", "busy_out"}
    assert [one.kind for one in made.acts.all()] == ["connected"]
    assert DuePointer.objects.filter(kind="pull", reference=made.pk).exists()


def test_absences_flow_with_any_preset_when_they_are_wanted(owner):
    owner.post("/connexions/relier/doctolib", {**FILLED, "absences": "on"})

    made = Connection.objects.get()
    assert made.absences
    page = shown(owner.get(f"{page_of(made)}/reglages"))
    assert "Fermer là-bas les absences et les fermetures" in page
    assert "Les horaires d’ouverture n’y sont pas envoyés" in page


def test_a_platform_that_needs_more_keys_asks_for_them(owner):
    values = {**FILLED, "secret": ""}

    assert owner.post("/connexions/relier/keldoc", values).status_code == 422
    owner.post("/connexions/relier/keldoc", {**values, "secret": "le-secret"})

    assert Connection.objects.get().keys == {"api_key": "clef-neuve", "secret": "le-secret"}


@pytest.mark.parametrize("path", ["/connexions/relier/minitel", "/connexions/relier/clickdoc2"])
def test_an_unknown_platform_has_no_page(owner, path):
    assert owner.get(path).status_code == 404


def test_a_secretary_changes_nothing(desk, connection):
    paths = ["/connexions/relier", "/connexions/relier/doctolib", *(f"{page_of(connection)}/{each}" for each in ("reglages", "couper"))]

    assert {desk.get(path).status_code for path in paths} == {404}
    assert desk.post(f"{page_of(connection)}/secret").status_code == 404


def test_keys_are_never_shown_again_and_stay_when_left_empty(owner, connection):
    page = shown(owner.get(f"{page_of(connection)}/reglages"))
    assert "sim-doctolib-key" not in page

    owner.post(f"{page_of(connection)}/reglages", {**FILLED, "api_key": "", "mode": "in", "reminds": "cabinet"})

    connection.refresh_from_db()
    assert (connection.api_key, connection.mode, connection.reminds) == ("sim-doctolib-key", "in", "cabinet")
    assert [one.kind for one in connection.acts.all()] == ["changed"]


def test_a_key_that_was_typed_is_not_in_the_page_that_refuses(owner):
    answer = owner.post("/connexions/relier/doctolib", {**FILLED, "mode": ""})

    assert answer.status_code == 422
    assert "clef-neuve" not in shown(answer)


def test_a_new_key_forgets_what_the_old_one_met(owner, connection):
    Connection.objects.update(failures=7, last_error="KeyRefused: 401", paused_until=clock.now())

    owner.post(f"{page_of(connection)}/reglages", {**FILLED, "mode": "both"})

    connection.refresh_from_db()
    assert (connection.api_key, connection.failures, connection.last_error, connection.paused_until) == ("clef-neuve", 0, "", None)
    assert {one.kind for one in connection.acts.all()} == {"keys-changed", "changed"}


def test_another_address_is_read_from_its_beginning(owner, connection):
    Connection.objects.update(cursor="2026-03-02T08:00:00Z", webhook_registered_at=clock.now())

    owner.post(f"{page_of(connection)}/reglages", {**FILLED, "base_url": "http://127.0.0.1:9/v3", "api_key": ""})

    connection.refresh_from_db()
    assert (connection.base_url, connection.cursor, connection.webhook_registered_at) == ("http://127.0.0.1:9/v3", "", None)


def test_each_flow_is_a_switch(owner, connection):
    values = {**FILLED, "api_key": "", "preset": "own", "appointments_in": "on", "busy_out": "on"}

    owner.post(f"{page_of(connection)}/reglages", values)

    connection.refresh_from_db()
    assert flows(connection) == {"appointments_in", "busy_out"}


def test_one_way_never_writes(owner, connection):
    answer = owner.post(f"{page_of(connection)}/reglages", {**FILLED, "preset": "unidirectional", "mode": "both"})

    assert answer.status_code == 422
    assert "la plateforme est seulement lue" in shown(answer)


@pytest.mark.parametrize(
    ("field", "value", "said"), [("base_url", "ftp://127.0.0.1:9", "n’est pas joignable"), ("webhook_secret", "plain", "s’écrit whsec_")]
)
def test_what_is_refused_is_said_beside_its_field(owner, connection, settings, field, value, said):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = field != "base_url"

    answer = owner.post(f"{page_of(connection)}/reglages", {**FILLED, field: value})

    assert answer.status_code in (409, 422)
    assert said in shown(answer)
    assert f'id="id_{field}_error"' in shown(answer)


def test_the_page_says_what_going_live_will_write(owner, diary, connection):
    Connection.objects.update(mode="rehearsal")
    diary.book(at(10))

    assert "écrira là-bas 0 rendez-vous et fermera 1 horaires" in shown(owner.get(f"{page_of(connection)}/reglages"))


def test_flows_changed_while_live_are_compared_at_once(owner, connection):
    Connection.objects.update(exported_at=clock.now())

    owner.post(f"{page_of(connection)}/reglages", {**FILLED, "mode": "both", "preset": "bidirectional"})

    assert DuePointer.objects.get(kind="reconcile", reference=connection.pk).due_at <= clock.now()


def test_a_secret_is_renewed_even_when_the_platform_is_away(owner, connection):
    Connection.objects.update(base_url="http://127.0.0.1:9/v1", webhook_registered_at=clock.now())

    answer = owner.post(f"{page_of(connection)}/secret", follow=True)

    connection.refresh_from_db()
    assert "elle le recevra dans quelques minutes" in shown(answer)
    assert (connection.webhook_registered_at, connection.webhook_secrets.count()) == (None, 1)


def test_a_secret_is_renewed_in_rehearsal_without_a_word_there(owner, connection):
    Connection.objects.update(mode="rehearsal")

    assert "L’ancien reste accepté 24 heures." in shown(owner.post(f"{page_of(connection)}/secret", follow=True))


def test_a_connection_is_cut_after_a_question(owner, connection):
    tell(connection, uuid.uuid4(), "waiting")
    connection.webhook_secrets.create(sealed=b"")
    assert "Couper Doctolib" in shown(owner.get(f"{page_of(connection)}/couper"))

    answer = owner.post(f"{page_of(connection)}/couper", follow=True)

    connection.refresh_from_db()
    assert "Doctolib est coupé." in shown(answer)
    assert (connection.mode, connection.api_key, connection.webhook_secrets.count()) == ("off", "", 0)
    assert OutboundChange.objects.get().state == "dropped"
    assert not DuePointer.objects.filter(reference=connection.pk).exists()
    assert "Cette connexion est coupée." in shown(owner.post(f"{page_of(connection)}/secret", follow=True))


def test_cutting_twice_is_cutting_once(connection):
    for _twice in range(2):
        disconnect(connection, actor=BASILE, now=clock.now())

    assert connection.acts.count() == 1


def test_what_was_cut_lives_again_with_what_it_knew(owner, connection):
    disconnect(connection, actor=BASILE, now=clock.now())

    owner.post("/connexions/relier/doctolib", FILLED)

    made = Connection.objects.get()
    assert (made.pk, made.mode, made.api_key, made.practitioners.count()) == (connection.pk, "rehearsal", "clef-neuve", 1)


def test_a_connection_comes_back_only_with_all_its_keys(cabinet, connection):
    Connection.objects.update(platform="keldoc", mode="off", api_key_sealed=b"")
    wanted = Settings(mode="in", reminds="platform", flows={}, base_url=ADDRESS, api_key="k")

    with pytest.raises(Refused) as refused:
        open_connection("keldoc", wanted, actor=BASILE, now=clock.now())

    assert refused.value.code == "keys-missing"


@pytest.mark.parametrize("preset", [Preset.ONE_WAY, Preset.BOTH_WAYS, Preset.AGGREGATION])
def test_a_preset_is_known_by_its_flows(preset):
    assert preset_of(flows_of(preset, ALL), ALL) == preset


def test_flows_of_no_preset_are_ones_own():
    assert preset_of({"appointments_in": True}, ALL) == Preset.OWN
