"""A calendar on the owner's page: a name and a password, or a token; and what cannot be done there."""

import pytest

from integrations.models import Connection
from tests.integrations.connections.test_health_pages import shown

FILLED = {"api_key": "secret:é", "user": "alma", "preset": "aggregation", "mode": "rehearsal", "reminds": "platform"}


@pytest.fixture(autouse=True)
def _private_targets(settings) -> None:
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True


def test_the_owner_gives_a_name_and_a_password_and_is_told_what_cannot_be_done(owner):
    page = shown(owner.get("/connexions/relier/caldav"))
    assert "Mot de passe, ou jeton si aucun identifiant n’est donné" in page
    assert "Aucun rendez-vous ne peut y être écrit." in page
    assert [f'name="{name}"' in page for name in ("user", "busy_out", "appointments_out", "webhook_secret")] == [True, True, False, False]

    owner.post("/connexions/relier/caldav", {**FILLED, "base_url": "http://127.0.0.1:9/dav/"})

    made = Connection.objects.get()
    assert (made.keys, made.mode, made.busy_out) == ({"api_key": "secret:é", "user": "alma"}, "rehearsal", True)


def test_a_token_needs_no_name(owner):
    owner.post("/connexions/relier/caldav", {**FILLED, "user": "", "api_key": "jeton", "base_url": "http://127.0.0.1:9/"})

    assert Connection.objects.get().keys == {"api_key": "jeton"}
