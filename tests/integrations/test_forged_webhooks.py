"""Forged, replayed, re-serialised, shifted in time, signed for another door: nothing of it comes in; what is genuine does."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from integrations.connections.going_live import add_secret, rotate_secret
from integrations.incoming.senders import Sender, senders_of
from integrations.models import Connection, InboundEvent, WebhookSecret
from integrations.speaking import base, signatures
from integrations.speaking.signatures import new_secret
from tests.conftest import REUNION, TOURCOING
from tests.integrations.forgeries import WAYS, Forger, Knock, Scene, event, signed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IN_THE_ORDINARY_RUN = 12 * len(WAYS)
ACCEPTED = (200, 202, 400)


def knock_at_the_door(knock: Knock) -> int:
    """The real door: host, routes, middleware and view."""
    client = Client(headers={"host": knock.host})
    return client.post(knock.path, data=knock.body, content_type="application/json", headers=knock.headers).status_code


def make_connection(platform: str, **values: object) -> tuple[Connection, str]:
    """A connection that listens, and the secret that its platform signs with."""
    connection = Connection.objects.create(platform=platform, base_url="https://platform.example", **values)
    return connection, add_secret(connection, new_secret(), ours=True, now=NOW).value


@pytest.fixture
def scene(cabinet, other_cabinet) -> Iterator[Scene]:
    """Two Doctolib connections and Maiia here, Doctolib in the other cabinet; it is Monday at ten."""
    with time_machine.travel(NOW, tick=False):
        mine, secret = make_connection("doctolib")
        second, of_second = make_connection("doctolib")
        maiia, of_maiia = make_connection("maiia", unsigned_from=["203.0.113.0/24"])
        with other_cabinet:
            there, of_there = make_connection("doctolib")
        expired = add_secret(mine, new_secret(), ours=True, now=NOW - timedelta(days=2))
        WebhookSecret.objects.filter(pk=expired.pk).update(expires_at=NOW - timedelta(hours=1))
        own = f"/api/webhooks/doctolib/{mine.id}"
        doors = [
            (TOURCOING, f"/api/webhooks/doctolib/{second.id}"),
            (TOURCOING, f"/api/webhooks/maiia/{maiia.id}"),
            (TOURCOING, "/api/webhooks/maiia"),
            (TOURCOING, f"/api/webhooks/maiia/{mine.id}"),
            (REUNION, f"/api/webhooks/doctolib/{there.id}"),
            (REUNION, "/api/webhooks/doctolib"),
            (REUNION, own),
        ]
        yield Scene(secret, expired.value, (of_second, of_maiia, of_there), tuple(doors), own, TOURCOING)


def accepted(scene: Scene, count: int, seed: int | None = None) -> Counter[str]:
    """Let that many mutants knock; answers by which ways any came in. Prints the seed."""
    seed = random.randrange(10**6) if seed is None else seed
    print(f"seed {seed}")
    forger = Forger(scene, random.Random(seed), NOW)
    came_in: Counter[str] = Counter()
    for number in range(count):
        way, mutant = forger.mutant(number)
        status = knock_at_the_door(mutant)
        assert status in (*ACCEPTED, 401, 404), (way, status, mutant)
        came_in[way] += status in ACCEPTED
    return +came_in


def test_no_mutant_comes_in_and_none_leaves_a_trace(scene, other_cabinet):
    assert accepted(scene, IN_THE_ORDINARY_RUN) == {}
    assert not InboundEvent.objects.exists()
    with other_cabinet:
        assert not InboundEvent.objects.exists()


@pytest.mark.slow
def test_of_three_thousand_mutants_none_comes_in(scene, other_cabinet):
    assert accepted(scene, 3_000) == {}
    assert not InboundEvent.objects.exists()
    with other_cabinet:
        assert not InboundEvent.objects.exists()


def test_what_the_mutants_are_made_of_does_come_in(scene):
    statuses = [knock_at_the_door(signed(scene, event(number), NOW)) for number in range(20)]

    assert statuses == [202] * 20


def test_a_replay_within_the_five_minutes_is_one_event(scene):
    genuine = signed(scene, event(1), NOW)

    assert [knock_at_the_door(genuine) for _replay in range(6)] == [202, 200, 200, 200, 200, 200]
    assert InboundEvent.objects.count() == 1


def test_while_two_secrets_are_live_nothing_genuine_is_refused(scene):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    connection = Connection.objects.get(pk=scene.path.rsplit("/", 1)[1])
    newest = rotate_secret(connection, NOW)
    statuses: Counter[int] = Counter()

    for number in range(100):
        at = NOW + timedelta(seconds=chance.randrange(24 * 3600 - 600))
        by_old, by_new = (signed(scene, event(number), at, secret=secret) for secret in (scene.secret, newest))
        both = by_old.with_headers(signature=f"{by_new.headers['webhook-signature']} {by_old.headers['webhook-signature']}")
        with time_machine.travel(at + timedelta(seconds=chance.randint(-299, 299)), tick=False):
            statuses[knock_at_the_door(chance.choice([by_old, by_new, both]))] += 1

    assert statuses == {202: 100}


def test_after_its_day_the_old_secret_is_refused(scene):
    newest = rotate_secret(Connection.objects.get(pk=scene.path.rsplit("/", 1)[1]), NOW)
    later = NOW + timedelta(hours=24, seconds=1)

    with time_machine.travel(later, tick=False):
        statuses = [knock_at_the_door(signed(scene, event(1), later, secret=secret)) for secret in (scene.secret, newest)]

    assert statuses == [401, 202]


@pytest.mark.parametrize(
    ("guard", "replacement", "ways"),
    [
        ((signatures, "is_fresh"), lambda stamp, now: True, {"late_replay", "odd_time"}),
        ((signatures.hmac, "compare_digest"), lambda one, other: one[:4] == other[:4], {"changed_signature"}),
        (
            (Sender, "keys"),
            lambda sender: [secret.value for secret in WebhookSecret.objects.all()],
            {"borrowed_secret", "expired_secret", "other_door"},
        ),
        (
            (base, "is_signed"),
            lambda raw, headers, secrets, now: bool(secrets),
            {"wrong_secret", "reserialised", "other_id", "shifted_time"},
        ),
    ],
)
def test_without_its_guard_the_mutants_come_in(scene, monkeypatch, guard, replacement, ways):
    """Negative control: each guard removed, its mutants show."""
    monkeypatch.setattr(*guard, replacement)

    assert ways <= set(accepted(scene, IN_THE_ORDINARY_RUN))


def test_live_secrets_are_those_of_the_connection_alone(scene):
    [sender] = senders_of("doctolib", UUID(scene.path.rsplit("/", 1)[1]), NOW)

    assert sender.keys() == [scene.secret]
