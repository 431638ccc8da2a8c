"""kill -9 of workers, beat and web server while changes are on their way out: every final state reached, none written twice.

Doctolib knows an operation that comes twice, Maiia does not: there MediDesk looks before it writes again. The great run:
MEDIDESK_KILLS=200 MEDIDESK_CHANGES=5000 (both platforms together).
"""

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from integrations.simulators.client import Simulator
from medidesk.services.running import Demo
from tests.whole.cabinet_client import CabinetClient
from tests.whole.traffic import shown, try_to_book, vaccination, wait_until, wanted

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("MEDIDESK_KILLS", "30"))
CHANGES = int(os.environ.get("MEDIDESK_CHANGES", "400"))
SEED = int(os.environ.get("MEDIDESK_KILLS_SEED") or random.randrange(10**6))
VICTIMS = ("worker", "beat", "web")
BACK_WITHIN_SECONDS = 90
SETTLED_WITHIN_SECONDS = 600


class Traffic:
    """Visits booked, moved and cancelled over REST; whoever asks is patient, and asks again with the same key."""

    def __init__(self, cabinet: CabinetClient, chance: random.Random) -> None:
        self.cabinet, self.chance = cabinet, chance
        self.reason = vaccination(cabinet)
        first = date.today() + timedelta(days=1)
        quarters = (first + timedelta(days=90 * number) for number in range(4))
        self.free = [each for start in quarters for each in cabinet.free_times(self.reason, days=89, start=start)]
        chance.shuffle(self.free)
        self.visits: list[dict[str, Any]] = []
        self.cancelled: set[str] = set()
        self.moved: Counter[str] = Counter()

    @property
    def standing(self) -> list[dict[str, Any]]:
        """The visits that were not cancelled, as they are."""
        return [visit for visit in self.visits if visit["id"] not in self.cancelled]

    def book_until(self, many: float) -> None:
        """Book, and now and then move or cancel, until there are that many visits."""
        while len(self.visits) < many:
            self.visits.append(self.book(self.free.pop(), 10_000 + len(self.visits)))
            if self.chance.random() < 0.1:
                self._move(self.chance.choice(self.standing))
            if self.chance.random() < 0.1:
                self._cancel(self.chance.choice(self.standing))

    def book(self, time_: tuple[str, str], number: int) -> dict[str, Any]:
        """One visit, asked for until somebody answers."""
        return dict(self._answered(lambda: try_to_book(self.cabinet, self.reason, time_, number), 201).json())

    def _move(self, visit: dict[str, Any]) -> None:
        practitioner, start = next(each for each in self.free if each[0] == visit["practitioner"])
        self.free.remove((practitioner, start))
        path = f"appointments/{visit['id']}"
        read = self._answered(lambda: self.cabinet.api("GET", path), 200).headers["etag"]
        headers = {"idempotency_key": f"move-{visit['id']}-{start}", "if_match": read}
        self._answered(lambda: self.cabinet.api("PATCH", path, {"start": start}, **headers), 200)
        visit["start"] = start
        self.moved[visit["id"]] += 1

    def _cancel(self, visit: dict[str, Any]) -> None:
        body, key = {"by": "patient", "reason": "essai"}, f"cancel-{visit['id']}"
        path = f"appointments/{visit['id']}/cancellation"
        self._answered(lambda: self.cabinet.api("POST", path, body, idempotency_key=key), 201)
        self.cancelled.add(visit["id"])

    def _answered(self, ask: Any, status: int) -> httpx.Response:
        """The answer to what is asked until somebody answers; whoever dies over it, or is asked while another works on it, has not."""
        answers: list[httpx.Response] = []

        def is_answered() -> bool:
            answers.append(ask())
            return answers[-1].status_code < 500 and answers[-1].json().get("code") != "idempotency-in-progress"

        wait_until(is_answered, BACK_WITHIN_SECONDS, "nobody answered")
        assert answers[-1].status_code == status, answers[-1].text
        return answers[-1]


@pytest.fixture
def platforms(demo: Demo) -> Iterator[dict[str, Simulator]]:
    """Both simulators, by name, with full ledgers of their own."""
    with closing(Simulator(demo.doctolib_url, timeout=120)) as doctolib, closing(Simulator(demo.maiia_url, timeout=120)) as maiia:
        yield {"doctolib": doctolib, "maiia": maiia}


@pytest.fixture
def traffic(tourcoing: CabinetClient) -> Traffic:
    """Nobody has booked yet."""
    made = Traffic(tourcoing, random.Random(SEED))
    print(f"seed {SEED}: {KILLS} kills, {CHANGES} changes, {len(made.free)} free times")
    return made


def make_trouble(platforms: dict[str, Simulator]) -> None:
    """The platforms take their time, and now and then their answer gets lost after the write."""
    for simulator in platforms.values():
        simulator.order_fault("delay", "POST", times=CHANGES // 10, seconds=0.2)
        for number in range(KILLS // 5):
            simulator.order_fault("answer-lost", "POST", times=1, skip=number * CHANGES // (2 * KILLS))


def kill_meanwhile(demo: Demo, traffic: Traffic) -> Counter[str]:
    """Book while everybody is killed in turn; answers who was how often."""
    killed: Counter[str] = Counter()
    for number in range(KILLS):
        traffic.book_until(CHANGES / 2 * (number + 1) / KILLS)
        time.sleep(traffic.chance.uniform(0, 0.3))
        victim = traffic.chance.choice(VICTIMS)
        demo.kill(victim, wait_seconds=BACK_WITHIN_SECONDS)
        killed[victim] += 1
    return killed


def assert_true_there(simulator: Simulator, traffic: Traffic) -> None:
    """What stands is shown, each time once; and no time was ever closed by two writes."""
    wait_until(
        lambda: shown(simulator, traffic.visits) == wanted(traffic.standing), SETTLED_WITHIN_SECONDS, "what stands is not what is shown"
    )
    assert doubles(simulator, traffic) == {}


def doubles(simulator: Simulator, traffic: Traffic) -> dict[str, int]:
    """The visits for which more times were closed there than they ever had, with how many."""
    made: dict[str, set[str]] = defaultdict(set)
    for call in simulator.writes(limit=20 * CHANGES + 5000, method="POST"):
        made[call["client_reference"]] |= {call["subject"]} - {""}
    mine = {visit["id"] for visit in traffic.visits}
    return {visit: len(ids) for visit, ids in made.items() if visit in mine and len(ids) > 1 + traffic.moved[visit]}


def test_killed_while_telling_reaches_every_final_state_once(demo: Demo, traffic: Traffic, platforms: dict[str, Simulator]):
    make_trouble(platforms)
    began = time.monotonic()

    killed = kill_meanwhile(demo, traffic)

    print(f"{dict(killed)} killed in {time.monotonic() - began:.0f} s, {len(traffic.visits)} visits, {sum(traffic.moved.values())} moves")
    for simulator in platforms.values():
        assert_true_there(simulator, traffic)
    print(f"all told {time.monotonic() - began:.0f} s after the beginning")
    confirmed = Counter(message["to"] for message in traffic.cabinet.outbox() if message["kind"] == "confirmation")
    assert max(confirmed[f"kim{10_000 + number}@patients.example"] for number in range(len(traffic.visits))) == 1


def test_a_double_and_a_loss_would_be_seen(demo: Demo, traffic: Traffic, platforms: dict[str, Simulator]):
    """Negative control: somebody closes a time again behind MediDesk's back, and opens another."""
    traffic.free = traffic.free[::-1]
    traffic.visits = [traffic.book(traffic.free.pop(), 90_000 + number) for number in range(2)]
    maiia = platforms["maiia"]
    assert_true_there(maiia, traffic)

    again, gone = (next(each for each in maiia.state()["busy"] if each["client_reference"] == visit["id"]) for visit in traffic.visits)
    with httpx.Client(base_url=f"{maiia.url}/v2", headers={"X-Api-Key": "demo-maiia-key"}, trust_env=False) as thief:
        double = {"practitionerId": again["practitioner"], "startDateTime": again["start"], "endDateTime": again["end"]}
        thief.post("/time-blocks", json=double | {"externalReference": again["client_reference"]}).raise_for_status()
        thief.delete(f"/time-blocks/{gone['id']}").raise_for_status()

    assert shown(maiia, traffic.visits) - wanted(traffic.visits) == wanted(traffic.visits[:1])
    assert wanted(traffic.visits) - shown(maiia, traffic.visits) == wanted(traffic.visits[1:])
    assert doubles(maiia, traffic) == {traffic.visits[0]["id"]: 2}
