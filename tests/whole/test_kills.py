"""Worker and beat killed, Valkey emptied, twenty times each under traffic: nothing lost, nothing doubled. Ledgers compared."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import httpx
import pytest
import redis

from integrations.simulators.client import Simulator
from medidesk.services.running import Demo
from tests.whole.cabinet_client import CabinetClient
from tests.whole.traffic import book

pytestmark = pytest.mark.slow

ROUNDS = 20
VISITS_A_ROUND = 3


def empty_valkey(demo: Demo) -> None:
    """Everything in it is forgotten: broker, cache, bells."""
    with redis.Redis.from_url(demo.environment["REDIS_URL"]) as store:
        store.flushall()


def accidents(demo: Demo) -> dict[str, Any]:
    """What happens to the platform, by name."""
    return {"worker": lambda: demo.kill("worker"), "beat": lambda: demo.kill("beat"), "valkey": lambda: empty_valkey(demo)}


@pytest.fixture
def platforms(demo: Demo) -> Iterator[dict[str, Simulator]]:
    """Both simulators, by name."""
    with closing(Simulator(demo.doctolib_url)) as doctolib, closing(Simulator(demo.maiia_url)) as maiia:
        yield {"doctolib": doctolib, "maiia": maiia}


def test_sixty_accidents_lose_and_double_nothing(demo: Demo, tourcoing: CabinetClient, platforms: dict[str, Simulator]):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    reason = next(row for row in tourcoing.everything("visit-reasons") if row["name"] == "Vaccination")
    free = tourcoing.free_times(reason["id"], days=80)
    chance.shuffle(free)
    happens = [name for name in accidents(demo) for _ in range(ROUNDS)]
    chance.shuffle(happens)
    visits: list[dict[str, Any]] = []
    cancelled: set[str] = set()

    for name in happens:
        for _ in range(VISITS_A_ROUND):
            visits.append(book(tourcoing, reason["id"], free.pop(), len(visits)))
        time.sleep(chance.uniform(0, 0.4))
        accidents(demo)[name]()
        if chance.random() < 0.3:
            gone = chance.choice([visit for visit in visits if visit["id"] not in cancelled])
            assert tourcoing.api("POST", f"appointments/{gone['id']}/cancellation", {"by": "patient", "reason": "essai"}).status_code == 201
            cancelled.add(gone["id"])
    _settle(demo, platforms, tourcoing, visits, cancelled)

    standing = Counter(_instant(visit["start"]) for visit in visits if visit["id"] not in cancelled)
    for platform, simulator in platforms.items():
        references = {visit["id"] for visit in visits}
        ours = [busy for busy in simulator.state()["busy"] if busy["client_reference"] in references]
        assert Counter(_instant(busy["start"]) for busy in ours) == standing, platform
        created = Counter(
            call["client_reference"] for call in simulator.writes(limit=5000) if call["method"] == "POST" and call["status"] == 201
        )
        assert {created[visit["id"]] for visit in visits if visit["id"] not in cancelled} == {1}, platform
    confirmations = Counter(message["to"] for message in tourcoing.outbox() if message["kind"] == "confirmation")
    assert {confirmations[f"kim{number}@patients.example"] for number in range(len(visits)) if visits[number]["id"] not in cancelled} == {1}


def _settle(demo: Demo, platforms: dict[str, Simulator], cabinet: CabinetClient, visits: list[dict[str, Any]], cancelled: set[str]) -> None:
    """Wait until platforms and outbox have what they should have, or two minutes."""
    references, standing = {visit["id"] for visit in visits}, len(visits) - len(cancelled)
    awaited = {f"kim{number}@patients.example" for number, visit in enumerate(visits) if visit["id"] not in cancelled}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            told = [sum(busy["client_reference"] in references for busy in one.state()["busy"]) for one in platforms.values()]
            sent = {message["to"] for message in cabinet.outbox() if message["kind"] == "confirmation"}
        except httpx.HTTPError:
            told, sent = [], set()
        if told == [standing, standing] and awaited <= sent:
            time.sleep(3)
            return
        time.sleep(1)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
