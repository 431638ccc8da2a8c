"""A platform that is dead for an hour: left alone, asked by one caller now and then, told everything once it is back."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from integrations.comparison.pulling import pull_due
from integrations.connections.health import health_of, lamp_of
from integrations.models import Connection, OutboundChange
from integrations.outgoing import draining, outbox
from integrations.outgoing.draining import drain
from integrations.speaking import calls
from integrations.speaking.calls import may_call, note_told
from medidesk import clock
from tests.integrations.house import House, monday

STEP = timedelta(seconds=5)
HOUR = timedelta(hours=1)


class Waiting:
    """Time passes, five seconds at a time, and workers do what is due; `asked`: at which second Maiia was called how often."""

    def __init__(self, house: House, traveller: time_machine.Traveller) -> None:
        self.house, self.traveller = house, traveller
        self.began = clock.now()
        self.asked: list[tuple[float, int]] = []
        house.simulators["maiia"].reset_ledger()

    def wait(self, long: timedelta, until: Callable[[], bool] = lambda: False) -> None:
        """That long, or until it is so."""
        end = clock.now() + long
        while clock.now() < end and not until():
            drain()
            pull_due(clock.now())
            self._note()
            self.traveller.shift(STEP)

    def lamp(self) -> str:
        """Maiia's."""
        return lamp_of(health_of(Connection.objects.get(platform="maiia")), clock.now()).state

    def _note(self) -> None:
        calls_made = len(self.house.simulators["maiia"].ledger(limit=1000)["calls"])
        if calls_made:
            self.asked.append(((clock.now() - self.began).total_seconds(), calls_made))
            self.house.simulators["maiia"].reset_ledger()


@pytest.fixture
def silent(house: House) -> Iterator[Waiting]:
    """Maiia is dead, and there is nothing to tell it."""
    house.settle()
    house.simulators["maiia"].order_fault("503", "*", times=None)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield Waiting(house, traveller)


@pytest.fixture
def dead(house: House, silent: Waiting) -> Waiting:
    """Maiia is dead, and ten visits were booked."""
    for number in range(10):
        house.book(monday(8 + number))
    return silent


def assert_left_alone(waiting: Waiting) -> None:
    """Few calls in an hour; in its second half one at a time, four minutes apart at least."""
    waiting.wait(HOUR)
    late = [(at, many) for at, many in waiting.asked if at > HOUR.total_seconds() / 2]
    apart = [later[0] - earlier[0] for earlier, later in zip(late, late[1:], strict=False)]
    assert sum(many for _at, many in waiting.asked) < 40
    assert late and {many for _at, many in late} <= {1, 2}  # a read and a write may look at the same time
    assert min(apart) >= 240 - STEP.total_seconds()


def test_a_platform_dead_for_an_hour_is_left_alone_then_told_everything(house, dead):
    dead.wait(timedelta(minutes=1))
    assert dead.lamp() == "down"

    assert_left_alone(dead)
    assert len(house.busy("doctolib")) == 10
    assert set(OutboundChange.objects.filter(connection__platform="maiia").values_list("state", flat=True)) == {"waiting"}

    house.simulators["maiia"].clear_faults()
    dead.wait(timedelta(minutes=7), until=lambda: not OutboundChange.objects.filter(state="waiting").exists())
    assert house.busy("maiia") == house.busy("doctolib")
    assert len(house.busy("maiia")) == 10
    dead.wait(timedelta(minutes=1, seconds=5))
    assert dead.lamp() == "ok"


def test_a_dead_platform_with_nothing_to_tell_is_seen_within_six_minutes(silent):
    silent.wait(timedelta(minutes=6), until=lambda: silent.lamp() != "ok")
    assert silent.lamp() == "down"

    silent.house.simulators["maiia"].clear_faults()
    silent.wait(timedelta(minutes=2), until=lambda: silent.lamp() == "ok")
    assert silent.lamp() == "ok"


def test_without_the_breaker_a_dead_platform_is_hammered(dead, monkeypatch):
    """Negative control: the guard removed, nobody leaves it alone."""
    monkeypatch.setattr(calls, "FAILURES_BEFORE_PAUSE", 10**9)

    with pytest.raises(AssertionError):
        assert_left_alone(dead)


def test_when_nobody_works_the_lamp_turns_amber_and_green_after(dead):
    dead.house.simulators["maiia"].clear_faults()
    dead.wait(timedelta(minutes=2))
    assert dead.lamp() == "ok"

    dead.traveller.shift(timedelta(minutes=6))
    assert dead.lamp() == "late"

    dead.wait(timedelta(minutes=2))
    assert dead.lamp() == "ok"


def states_after_a_day(dead: Waiting, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What becomes of changes that are given up after five attempts."""
    monkeypatch.setattr(outbox, "MOST_ATTEMPTS", 5)
    for _turn in range(24 * 12):
        dead.traveller.shift(timedelta(minutes=5))
        drain()
    return set(OutboundChange.objects.filter(connection__platform="maiia").values_list("state", flat=True))


def test_a_day_of_silence_gives_no_change_up(dead, monkeypatch):
    assert states_after_a_day(dead, monkeypatch) == {"waiting"}


def test_without_the_excuse_a_day_of_silence_gives_changes_up(dead, monkeypatch):
    """Negative control: each silence of the platform laid to the change that met it."""
    monkeypatch.setattr(draining, "is_failing", lambda connection: False)

    assert "dead" in states_after_a_day(dead, monkeypatch)


def test_one_caller_at_a_time_looks_whether_it_is_back(house, dead):
    dead.wait(timedelta(minutes=2))
    connection = Connection.objects.get(platform="maiia")
    dead.traveller.shift(timedelta(minutes=10))
    house.simulators["maiia"].clear_faults()
    house.simulators["maiia"].reset_ledger()

    assert may_call(connection, clock.now())
    drain()
    assert house.writes("maiia") == []

    note_told(connection, clock.now())
    dead.wait(timedelta(seconds=10))
    assert len(house.busy("maiia")) == 10


def test_who_died_while_looking_is_replaced(house, dead):
    dead.wait(timedelta(minutes=2))
    dead.traveller.shift(timedelta(minutes=10))
    house.simulators["maiia"].clear_faults()

    assert may_call(Connection.objects.get(platform="maiia"), clock.now())
    dead.wait(timedelta(minutes=1))

    assert len(house.busy("maiia")) == 10
