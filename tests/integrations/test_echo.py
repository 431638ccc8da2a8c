"""At most one write per real change on every platform, whatever the platforms make of texts, times and ids in between."""

import random
from datetime import datetime
from typing import Any

import pytest

from agenda.models import Appointment
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.models import Connection
from integrations.outgoing.delivering import Delivery
from medidesk import clock
from tests.integrations.hooks import Hooks
from tests.integrations.house import House, monday
from tests.integrations.simulators.conftest import Family

PAIRS = (("doctolib", "maiia"), ("clickdoc", "docorga"))
PERSON = {"first_name": "Marie-Antoinette", "last_name": "De La Rochefoucauld", "birth_date": "1980-05-17", "phone": "+33639980012"}
MANNERS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "plain": [],
    "upper": [("text", "*", {"text": "upper"}), ("text", "webhook", {"text": "upper"})],
    "trimmed": [("text", "*", {"text": "trim"}), ("text", "webhook", {"text": "trim"})],
    "upper in lists only": [("text", "GET", {"text": "upper"})],
    "local": [("time-format", "*", {"format": "local"}), ("time-format", "webhook", {"format": "naive"})],
    "no-seconds": [("time-format", "*", {"format": "no-seconds"})],
    "new ids in lists": [("rewrite-ids", "GET", {})],
    "new ids in answers": [("rewrite-ids", "POST", {}), ("rewrite-ids", "PUT", {}), ("rewrite-ids", "PATCH", {})],
    "unversioned": [("omit", "webhook", {"fields": ["version", "revision", "modifie_le"]})],
}


class Play:
    """Random acts here and there, one after the other, and the writes that each may cost."""

    def __init__(self, house: House, seed: int, *, visits_out: bool) -> None:
        print(f"seed {seed}")
        self.house = house
        self.chance = random.Random(seed)
        self.platforms = list(house.simulators)
        self.visits_out = visits_out
        self.free = [(week, hour, minute) for week in (1, 2, 3) for hour in range(8, 19) for minute in (0, 30)]
        self.chance.shuffle(self.free)
        Connection.objects.update(appointments_out=visits_out)

    def time(self) -> datetime:
        """A time that nobody had."""
        week, hour, minute = self.free.pop()
        return monday(hour, minute, weeks=week)

    def standing(self) -> list[Appointment]:
        """The visits that stand here."""
        return list(Appointment.objects.filter(status="confirmed").order_by("id"))

    def there(self, platform: str) -> list[str]:
        """The visits that stand there."""
        return sorted(each["id"] for each in self.house.simulators[platform].state()["appointments"] if each["status"] == "confirmed")

    def has_twin(self, platform: str, visit: Appointment) -> bool:
        """Is the visit itself there, rather than a closed time?"""
        return self.visits_out or visit.source == platform

    def act(self) -> tuple[str, dict[str, int]]:
        """Do something; answers what, and the writes that it may cost on each platform."""
        here, platform = self.standing(), self.chance.choice(self.platforms)
        there = self.there(platform)
        kinds = ["book here", "book there", "nothing", *(["move here", "cancel here"] if here else [])]
        kind = self.chance.choice([*kinds, *(["move there", "move there", "cancel there"] if there else [])])
        if kind == "book here":
            self.house.book(self.time())
            return kind, dict.fromkeys(self.platforms, 1)
        if kind == "book there":
            self.house.book_there(platform, self.time(), patient=PERSON)
            return kind, {each: int(each != platform) for each in self.platforms}
        if kind.endswith("here"):
            visit = self.chance.choice(here)
            self.house.move(visit, self.time()) if kind == "move here" else self.house.cancel(visit)
            return kind, self.costs(visit, kind)
        if kind == "nothing":
            self.look_again()
            return kind, dict.fromkeys(self.platforms, 0)
        chosen, simulator = self.chance.choice(there), self.house.simulators[platform]
        start = datetime.fromisoformat(simulator.appointment(chosen)["start"])
        visit = next(each for each in here if each.start == start)
        simulator.move(chosen, self.time().isoformat()) if kind == "move there" else simulator.cancel(chosen)
        return f"{kind}: {platform}", self.costs(visit, kind) | {platform: 0}

    def costs(self, visit: Appointment, kind: str) -> dict[str, int]:
        """A visit is changed by one write; a closed time is moved by closing the new and opening the old."""
        return {each: 2 if kind.startswith("move") and not self.has_twin(each, visit) else 1 for each in self.platforms}

    def look_again(self) -> None:
        """Everything is read once more, and compared."""
        for connection in Connection.objects.all():
            pull(connection, clock.now())
            reconcile(connection, clock.now())

    def surplus(self, acts: int) -> list[str]:
        """Act that often; answers the acts that cost more than they may."""
        found = []
        for _number in range(acts):
            for simulator in self.house.simulators.values():
                simulator.reset_ledger()
            kind, allowed = self.act()
            self.house.settle()
            for platform in self.platforms:
                writes = self.house.writes(platform)
                if len(writes) > allowed[platform]:
                    found.append(f"{kind} cost {platform} {writes}")
        return found

    def assert_same(self) -> None:
        """Here and there the same times are taken."""
        here = sorted((visit.start, visit.end) for visit in self.standing())
        for platform in self.platforms:
            shown = [each for each in self.house.simulators[platform].state()["appointments"] if each["status"] == "confirmed"]
            visits = [tuple(datetime.fromisoformat(each[name]) for name in ("start", "end")) for each in shown]
            assert sorted([*visits, *self.house.busy(platform)]) == here, platform


def play(house: House, manner: str, *, visits_out: bool, acts: int) -> list[str]:
    """Acts on platforms of that manner; answers what cost too much."""
    for simulator in house.simulators.values():
        for kind, on, options in MANNERS[manner]:
            simulator.order_fault(kind, on, times=None, **options)
    game = Play(house, random.randrange(10**6), visits_out=visits_out)
    surplus = game.surplus(acts)
    game.assert_same()
    return surplus


def _named(value: Any) -> str:
    return value if isinstance(value, str) else "-".join(value)


EVERY = [(pair, manner) for pair in PAIRS for manner in MANNERS]
# In the ordinary run the described pair shows only what is spoken otherwise there.
SOME = [(pair, manner) for pair, manner in EVERY if pair == PAIRS[0] or manner in ("plain", "local", "new ids in answers")]


@pytest.fixture
def pair(request: pytest.FixtureRequest, cabinet: Any, hooks: Hooks, family: Family) -> House:
    """The cabinet of Tourcoing, live on two platforms."""
    return House(hooks, *map(family.fresh, request.param))


@pytest.mark.parametrize("visits_out", [False, True])
@pytest.mark.parametrize(("pair", "manner"), SOME, indirect=["pair"], ids=_named)
def test_each_change_is_written_once(pair, manner, visits_out):
    assert play(pair, manner, visits_out=visits_out, acts=6) == []


@pytest.mark.slow
@pytest.mark.parametrize("visits_out", [False, True])
@pytest.mark.parametrize(("pair", "manner"), EVERY, indirect=["pair"], ids=_named)
def test_each_of_many_changes_is_written_once(pair, manner, visits_out):
    assert play(pair, manner, visits_out=visits_out, acts=25) == []


def test_without_its_guards_changes_come_back(house, monkeypatch):
    """Negative control: who said it is told again, and what stands there is written again."""
    monkeypatch.setattr(Connection, "origin", "connection:nobody")
    monkeypatch.setattr("integrations.doctolib.payloads.changes", lambda current, wanted: {"duration": 30})
    make = Delivery._make

    def write_anyway(self, twin, current, wanted, appointment):
        return self._update(twin, current, wanted) if wanted else make(self, twin, current, wanted, appointment)

    monkeypatch.setattr(Delivery, "_make", write_anyway)
    house.book_there("doctolib", monday(10))

    house.settle()

    assert len(house.writes("doctolib")) == 1
