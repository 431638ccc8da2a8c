"""Eight clients on twenty times of one practitioner while web workers and database backends are killed: what they saw has an order."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import httpx
import psycopg2
import pytest

from medidesk.services.running import Demo, running
from tests.histories.agenda_model import Act
from tests.histories.checker import contradiction
from tests.histories.clients import AFTERMATH_SECONDS, TIMES, Crowd, Ring, register
from tests.whole.cabinet_client import CabinetClient

pytestmark = pytest.mark.slow

CLIENTS, SECONDS = 8, 40
SECONDS_BETWEEN_ACCIDENTS = 1
ALL_TIMES = frozenset(range(TIMES))


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CabinetClient]:
    """A cabinet of the running platform."""
    folder: Path = tmp_path_factory.mktemp("histories")
    with running(var=folder / "var", env={"MEDIDESK_RATE_LIMITS": "off"}) as demo, CabinetClient(demo, "tourcoing") as client:
        yield client


@pytest.fixture(scope="module")
def people(cabinet: CabinetClient) -> list[str]:
    """Those whose first visit it will be; each test has its share."""
    return register(cabinet, 700)


def kill_backends(demo: Demo, chance: random.Random) -> str:
    """End half of the database's sessions, in the middle of whatever they do."""
    with psycopg2.connect(demo.environment["DATABASE_URL"]) as own, own.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        doomed = [pid for (pid,) in cursor.fetchall() if chance.random() < 0.5]
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM unnest(%s::int[]) AS pid", [doomed])
    return "backends"


def kill_web(demo: Demo, chance: random.Random) -> str:
    """kill -9 the web server and wait until it is back."""
    demo.kill("web")
    return "web"


def trouble(demo: Demo, crowd: Crowd, over: threading.Event, seed: int) -> None:
    """Accidents until the storm is over."""
    chance = random.Random(seed)
    for accident in cycle([*[kill_backends] * 5, kill_web]):
        if over.wait(SECONDS_BETWEEN_ACCIDENTS):
            return
        crowd.accidents.append(accident(demo, chance))


def wait_until_it_answers(cabinet: CabinetClient) -> None:
    """The web server is back from its last accident."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if cabinet.api("GET", "sites").status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the web server did not come back")


def recorded(cabinet: CabinetClient, people: list[str], *, accidents: bool, seconds: float) -> Crowd:
    """A storm, and at its end one quiet reading of the day and of the times that are left."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    crowd = Crowd(Ring.open(cabinet, people))
    over = threading.Event()
    troubles = threading.Thread(target=trouble, args=(cabinet.demo, crowd, over, seed))
    if accidents:
        troubles.start()
    crowd.storm(CLIENTS, seconds, seed)
    over.set()
    if accidents:
        troubles.join()
        time.sleep(AFTERMATH_SECONDS)
        wait_until_it_answers(cabinet)
    for kind in ("day", "free"):
        crowd.read_quietly(kind)
    return crowd


def test_a_quiet_storm_has_a_legal_order(cabinet, people):
    crowd = recorded(cabinet, people[:150], accidents=False, seconds=10)

    assert {act.answer for act in crowd.history if act.kind in ("book", "move", "cancel")} == {"ok", "taken", "gone"}
    assert contradiction(crowd.history, ALL_TIMES) is None


def test_a_storm_with_kills_has_a_legal_order(cabinet, people):
    crowd = recorded(cabinet, people[150:600], accidents=True, seconds=SECONDS)

    told = Counter((act.kind, act.answer if isinstance(act.answer, str) else "seen") for act in crowd.history)
    print(dict(Counter(crowd.accidents)), dict(told))
    assert set(crowd.accidents) == {"backends", "web"}
    assert any(act.answer == "maybe" for act in crowd.history)
    found = contradiction(crowd.history, ALL_TIMES)
    assert found is None, str(found)


def test_the_recorded_storm_with_one_forgotten_visit_is_refused(cabinet, people):
    crowd = recorded(cabinet, people[600:], accidents=False, seconds=4)
    last = max((act for act in crowd.history if act.kind == "day"), key=lambda act: act.asked)
    forgotten = Act("day", "", 0, frozenset(sorted(last.answer)[1:]), last.asked, last.answered)

    assert contradiction([act for act in crowd.history if act is not last] + [forgotten], ALL_TIMES) is not None
