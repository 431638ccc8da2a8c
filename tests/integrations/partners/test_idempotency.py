"""Asked twice, done once."""

import pytest
import time_machine
from django.db import connections

from agenda.models import Site
from integrations.models import KeptAnswer
from integrations.partners import idempotency
from medidesk import clock
from tests.conftest import TOURCOING
from tests.partners import Partner


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key with every scope."""
    return Partner(TOURCOING)


def test_the_same_key_and_body_give_the_same_bytes(partner):
    first = partner.post("sites", b'{"name": "A", "city": "Lille"}', Idempotency_Key='"k1"')
    again = partner.post("sites", b'{"city":"Lille","name":"A"}', Idempotency_Key="k1")

    assert (again.status_code, again.content, again["ETag"], again["Location"]) == (201, first.content, first["ETag"], first["Location"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"], Site.objects.count()) == (False, "true", 1)


def test_another_body_under_the_same_key_is_refused(partner):
    partner.post("sites", {"name": "A"}, Idempotency_Key="k1")

    response = partner.post("sites", {"name": "B"}, Idempotency_Key="k1")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")


def test_numbers_are_compared_as_json_values(partner):
    partner.post("visit-reasons", b'{"name": "Suivi", "duration_minutes": 30}', Idempotency_Key="k1")

    response = partner.post("visit-reasons", b'{"name": "Suivi", "duration_minutes": 30.0}', Idempotency_Key="k1")

    assert (response.status_code, response["Idempotency-Replayed"]) == (201, "true")


def test_keys_are_per_path_and_per_partner(partner):
    partner.post("sites", {"name": "A"}, Idempotency_Key="k1")
    other = Partner(TOURCOING, name="Autre")

    assert other.post("sites", {"name": "B"}, Idempotency_Key="k1").status_code == 201
    assert partner.post("visit-reasons", {"name": "A", "duration_minutes": 30}, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("body", [b"{", b'{"name": 5}', b'{"name": "A", "nope": 1}'])
def test_what_the_door_itself_refuses_is_not_kept(partner, body):
    assert partner.post("sites", body, Idempotency_Key="k1").status_code in (400, 422)

    assert partner.post("sites", {"name": "A"}, Idempotency_Key="k1").status_code == 201


def test_a_rule_s_refusal_is_kept(partner):
    wrong = {"name": "Suivi", "duration_minutes": 30, "color": "#0b5d4a", "practitioners": [{"id": "00000000-0000-4000-8000-000000000000"}]}
    first = partner.post("visit-reasons", wrong, Idempotency_Key="k1")
    again = partner.post("visit-reasons", wrong, Idempotency_Key="k1")

    assert (first.status_code, again.status_code, again["Idempotency-Replayed"], again.content) == (422, 422, "true", first.content)


def test_after_a_day_the_key_is_free_again(partner):
    partner.post("sites", {"name": "A"}, Idempotency_Key="k1")

    with time_machine.travel(clock.now().timestamp() + 24 * 3600 + 1):
        assert partner.post("sites", {"name": "B"}, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize(("key", "status"), [("x" * 255, 201), ("x" * 256, 422), ('""', 400)])
def test_a_key_has_1_to_255_characters(partner, key, status):
    assert partner.post("sites", {"name": "A"}, Idempotency_Key=key).status_code == status


def test_old_answers_are_forgotten(partner):
    partner.post("sites", {"name": "A"}, Idempotency_Key="k1")

    idempotency.forget_old_answers(now=clock.now())
    assert KeptAnswer.objects.count() == 1
    with time_machine.travel(clock.now().timestamp() + 24 * 3600 + 1):
        assert idempotency.forget_old_answers(now=clock.now()) == 1


def test_a_call_that_still_runs_is_told_so(partner, cabinet):
    place = {"api_key_id": partner.row.id, "method": "POST", "path": "/api/v1/sites", "key": "k1"}
    number = idempotency.lock_number(place)
    rival = connections.create_connection("default")
    rival.set_tenant(cabinet)
    with rival.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])

    response = partner.post("sites", {"name": "A"}, Idempotency_Key="k1")

    rival.close()
    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (409, "idempotency-in-progress", "1")
