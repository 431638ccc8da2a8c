"""Several workers at once, and workers killed at any moment: nothing lost, nothing told twice. Real commits."""

import random
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from integrations.connections.health import MOST_TASKS, tasks
from integrations.maiia.connector import MaiiaConnector
from integrations.models import OutboundChange
from integrations.outgoing.draining import drain
from integrations.outgoing.giving_up import give_up_change
from integrations.outgoing.replaying import replay_change
from integrations.speaking.base import Capability
from medidesk import clock
from medidesk.cabinets.models import Cabinet
from tests.integrations.hooks import Hooks
from tests.integrations.house import BASILE, House, monday
from tests.integrations.simulators.processes import Running

TIMES = [(hour, minute) for hour in range(8, 19) for minute in (0, 30)]


@pytest.fixture
def busy_house(throwaway_cabinet: Cabinet, hooks: Hooks, doctolib: Running, maiia: Running) -> House:
    """A cabinet of its own, live on both platforms."""
    return House(hooks, doctolib, maiia)


def test_three_workers_tell_each_change_once(busy_house, throwaway_cabinet):
    for hour, minute in TIMES:
        busy_house.book(monday(hour, minute))

    workers = [threading.Thread(target=_drain_in, args=(throwaway_cabinet,)) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    drain()

    expected = [(monday(hour, minute), monday(hour, minute) + timedelta(minutes=30)) for hour, minute in TIMES]
    assert busy_house.busy("doctolib") == busy_house.busy("maiia") == expected
    assert len(busy_house.writes("doctolib")) == len(busy_house.writes("maiia")) == len(TIMES)
    assert not OutboundChange.objects.exclude(state="done").exists()


@pytest.mark.slow
def test_a_worker_killed_twenty_times_loses_and_doubles_nothing(busy_house, throwaway_cabinet):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for simulator in busy_house.simulators.values():
        simulator.order_fault("delay", "POST", times=None, seconds=0.15)
    visits = []
    for number in range(20):
        worker = _worker(throwaway_cabinet)
        hour, minute = TIMES[number]
        visits.append(busy_house.book(monday(hour, minute)))
        if number % 3 == 2:
            visits[number - 1] = busy_house.move(visits[number - 1], monday(*TIMES[number - 1], weeks=2))
        time.sleep(chance.uniform(0.0, 0.6))
        _kill(worker)
    worker = _worker(throwaway_cabinet)
    _wait_until_told()
    _kill(worker)

    expected = sorted((visit.start, visit.end) for visit in visits)
    for platform in ("doctolib", "maiia"):
        assert sorted(busy_house.busy(platform)) == expected
        moves = sum(1 for number in range(20) if number % 3 == 2)
        assert len([write for write in busy_house.writes(platform) if write.startswith("POST")]) <= 20 + moves
    assert not OutboundChange.objects.exclude(state="done").exists()


@pytest.mark.slow
def test_where_nothing_can_be_looked_up_a_killed_worker_leaves_it_to_a_person(busy_house, throwaway_cabinet, monkeypatch):
    monkeypatch.setattr(MaiiaConnector, "capabilities", MaiiaConnector.capabilities & ~Capability.LOOK_UP)
    for simulator in busy_house.simulators.values():
        simulator.order_fault("delay", "POST", times=None, seconds=0.15)
    visits = [busy_house.book(monday(*each)) for each in TIMES[:20]]
    for _time in range(10):
        worker = _worker(throwaway_cabinet, "maiia")
        time.sleep(random.uniform(0.2, 0.8))
        _kill(worker)
    worker = _worker(throwaway_cabinet, "maiia")
    _wait_until_told()
    _kill(worker)

    held = OutboundChange.objects.filter(state="dead")
    assert set(held.values_list("connection__platform", "detail")) == {("maiia", "InDoubt: ")}
    assert len(busy_house.busy("doctolib")) == 20
    assert len(busy_house.writes("maiia")) <= 20
    assert len(tasks(clock.now())) == min(held.count(), MOST_TASKS)

    shown = {each["client_reference"] for each in busy_house.simulators["maiia"].state()["busy"]}
    for change in held:
        act = give_up_change if str(change.subject) in shown else replay_change
        act(change.connection, change.id, actor=BASILE, now=clock.now())
    drain()
    assert busy_house.busy("maiia") == sorted((visit.start, visit.end) for visit in visits)


def _drain_in(cabinet: Cabinet) -> None:
    try:
        with cabinet:
            drain()
    finally:
        connection.close()


def _worker(cabinet: Cabinet, *mute: str) -> subprocess.Popen[str]:
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-m", "tests.integrations.draining_process", cabinet.schema_name, name, *mute]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def _kill(worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.communicate()


def _wait_until_told() -> None:
    until = time.monotonic() + 60
    while OutboundChange.objects.filter(state="waiting").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
