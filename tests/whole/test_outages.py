"""Valkey killed, frozen, emptied, full; the database restarted; a platform dead, slow, flapping, asking for patience.

Nothing is lost or doubled, the desk goes on answering, the lamp says how it is.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import pytest
import redis

from medidesk.services.running import Demo
from tests.whole.cabinet_client import CabinetClient
from tests.whole.desk_at_work import Desk
from tests.whole.traffic import shown, wanted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(demo: Demo, tourcoing: CabinetClient) -> Iterator[Desk]:
    """Signed in, the first export done."""
    with closing(Desk(demo, tourcoing)) as made:
        made.wait_told(made.book(1))
        yield made


@pytest.fixture(autouse=True)
def figures(request: pytest.FixtureRequest, desk: Desk) -> Iterator[None]:
    """What the operations manual is told of."""
    desk.longest = 0.0
    yield
    print(f"{request.node.name}: longest answer {desk.longest:.1f} s")


@contextmanager
def killed(demo: Demo) -> Iterator[None]:
    """Dead, and started again by the supervisor at some time."""
    demo.process("valkey").kill()
    yield


@contextmanager
def frozen(demo: Demo) -> Iterator[None]:
    """Connections are taken, nothing is answered."""
    process = demo.process("valkey")
    process.kill(signal.SIGSTOP)
    try:
        yield
    finally:
        process.kill(signal.SIGCONT)


@contextmanager
def emptied(demo: Demo) -> Iterator[None]:
    """Broker, cache and bells forget all they knew."""
    with redis.Redis.from_url(demo.environment["REDIS_URL"]) as store:
        store.flushall()
    yield


@contextmanager
def full(demo: Demo) -> Iterator[None]:
    """Every write is refused for want of memory."""
    with redis.Redis.from_url(demo.environment["REDIS_URL"]) as store:
        before = store.config_get("maxmemory")["maxmemory"]
        store.config_set("maxmemory", "1")
        with pytest.raises(redis.RedisError, match="OOM"):
            store.set("medidesk:full", 1)
        try:
            yield
        finally:
            store.config_set("maxmemory", before)


@pytest.mark.parametrize("accident", [killed, frozen, emptied, full])
def test_valkey_may_go_nothing_is_lost(desk: Desk, accident: Callable[[Demo], AbstractContextManager[None]]):
    with accident(desk.demo):
        visits = desk.book()
        desk.page()
        desk.page("/agenda/a-traiter")
        desk.site()

    visits += desk.book(1)
    desk.page()
    print(f"told after {desk.wait_told(visits):.1f} s")


@pytest.mark.parametrize("end", [Demo.restart, Demo.kill])
def test_the_database_restarted_loses_nothing(desk: Desk, end: Callable[[Demo, str], Any]):
    visits = desk.book()

    end(desk.demo, "postgres")
    began = time.monotonic()
    desk.wait_open()
    print(f"pages again after {time.monotonic() - began:.1f} s")
    visits += desk.book()

    print(f"told after {desk.wait_told(visits):.1f} s")
    assert desk.wait_well()


PATIENCE: list[tuple[str, dict[str, Any]]] = [
    ("429", {"times": 2, "retry_after": 5}),
    ("slow-bytes", {"times": 6, "interval": 0.02}),
    ("delay", {"times": 6, "seconds": 3}),
    ("answer-lost", {"times": 2}),
    ("503", {"times": 3}),
    ("half-open", {"times": 1, "seconds": 20}),
]


@pytest.mark.parametrize(("kind", "options"), PATIENCE, ids=[kind for kind, _options in PATIENCE])
def test_a_platform_that_is_slow_or_asks_for_patience_is_told_in_the_end(desk: Desk, kind: str, options: dict[str, Any]):
    desk.platforms["maiia"].order_fault(kind, "POST", **options)
    visits = desk.book()

    print(f"the other told after {desk.wait_told(visits, 'doctolib'):.1f} s")
    desk.page()
    print(f"told after {desk.wait_told(visits):.1f} s")


def test_a_platform_that_flaps_is_told_each_visit_once(desk: Desk):
    for skip in (0, 2, 4):
        desk.platforms["maiia"].order_fault("503", "POST", times=1, skip=skip)

    visits = desk.book(4)

    desk.wait_told(visits)


def test_a_dead_platform_is_seen_and_the_other_goes_on(desk: Desk):
    desk.platforms["maiia"].order_fault("503", "*", times=None)
    try:
        visits = desk.book()
        desk.wait_told(visits, "doctolib")
        print(f"red after {desk.wait_lamp('down'):.1f} s")
        assert sum(shown(desk.platforms["maiia"], visits).values()) == 0
        visits += desk.book(1)
    finally:
        desk.platforms["maiia"].clear_faults()

    print(f"told {desk.wait_told(visits):.1f} s after it came back, green {desk.wait_well():.1f} s later")


def test_without_a_worker_nobody_is_told(desk: Desk):
    """Negative control: what the tests wait for is the worker's doing, and it does it once it may."""
    worker = desk.demo.process("worker")
    worker.kill(signal.SIGSTOP)
    try:
        visits = desk.book(1)
        time.sleep(4)
        assert shown(desk.platforms["doctolib"], visits) != wanted(visits)
    finally:
        worker.kill(signal.SIGCONT)

    desk.wait_told(visits, "doctolib")
