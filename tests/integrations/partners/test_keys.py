"""Partners' keys: made, used, revoked; worth nothing elsewhere."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from integrations.models import ApiKey
from integrations.partners import authentication
from integrations.partners.keys import revoke_key
from medidesk import clock
from tests.conftest import REUNION, TOURCOING
from tests.partners import Partner


def create_by_command(*arguments: str) -> str:
    """The key that the command prints alone on its last line."""
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()[-1]


def test_a_key_is_stored_as_a_digest_only(cabinet):
    key = create_by_command("tourcoing", "--name", "Portail", "--scope", "agenda:read")

    connection.set_tenant(cabinet)
    row = ApiKey.objects.get()
    assert (row.name, row.scopes, row.staff, key.startswith(row.prefix)) == ("Portail", ["agenda:read"], False, True)
    assert key not in str(ApiKey.objects.values())


def test_without_a_key_or_with_an_unknown_one_it_is_401(client, cabinet):
    nothing = client.get("/api/v1/sites")
    unknown = client.get("/api/v1/sites", headers={"Authorization": "Bearer mdkabcdefghi.nothing"})

    assert [one.status_code for one in (nothing, unknown)] == [401, 401]
    assert (nothing["WWW-Authenticate"], nothing["Content-Type"]) == ('Bearer realm="MediDesk"', "application/problem+json")
    assert nothing.content == unknown.content


def test_the_key_of_another_cabinet_is_401(cabinet, other_cabinet):
    ours = Partner(TOURCOING)
    with other_cabinet:
        elsewhere = Partner(REUNION)
    elsewhere.key = ours.key

    assert (ours.get("sites").status_code, elsewhere.get("sites").status_code) == (200, 401)


def test_write_implies_read_and_nothing_else(cabinet):
    partner = Partner(TOURCOING, "settings:write")

    answers = [
        partner.get(path).status_code for path in ("opening-hours", "absences", "sites", "practitioners", "appointments", "patients")
    ]
    assert answers == [200, 200, 200, 200, 403, 403]


@pytest.mark.parametrize("length", [8, 12, 13, 20, 53])
def test_a_key_named_by_its_first_signs_is_revoked(cabinet, length):
    partner = Partner(TOURCOING)
    assert partner.get("sites").status_code == 200
    call_command("revoke_api_key", partner.key[:length], stdout=StringIO())

    connection.set_tenant(cabinet)
    authentication.forget_keys()

    assert partner.get("sites").status_code == 401


def test_a_revoked_key_is_refused_within_five_seconds_by_those_who_kept_it(cabinet):
    partner = Partner(TOURCOING)
    assert partner.get("sites").status_code == 200
    revoke_key(partner.row, now=clock.now())

    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        assert partner.get("sites").status_code == 401


def test_what_names_no_key_or_several_is_one_clear_line(cabinet):
    Partner(TOURCOING)
    Partner(TOURCOING)
    with pytest.raises(CommandError, match="Aucune clé"):
        call_command("revoke_api_key", "zzzzzzzz")
    with pytest.raises(CommandError, match="au moins"):
        call_command("revoke_api_key", "mdk")


def test_an_unknown_scope_is_refused(cabinet):
    with pytest.raises(CommandError, match="Droits possibles"):
        create_by_command("tourcoing", "--name", "Portail", "--scope", "agenda:all")


def test_kept_keys_are_kept_by_cabinet(cabinet, other_cabinet):
    partner = Partner(TOURCOING)
    partner.get("sites")

    with other_cabinet:
        assert authentication.caller_of(partner.key, clock.now()) is None
