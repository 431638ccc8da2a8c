"""News doubled, shuffled, late, lost, cancelled before created, pages cut, cursors expired: the agenda ends as the platforms are.

What is expected is read from the platforms' own stores, visit by visit: the slowest and plainest way there is.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from agenda.models import Appointment
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.incoming import applying, inbox
from integrations.models import Connection, InboundEvent
from integrations.simulators.doctolib import Doctolib
from integrations.simulators.engine import Engine
from integrations.simulators.keldoc import Keldoc
from integrations.simulators.maiia import Maiia
from integrations.simulators.visits import Visit
from integrations.simulators.wire import Manner
from medidesk import clock
from medidesk.cabinets.models import Cabinet
from patients.models import Patient
from tests.integrations.hooks import Hooks
from tests.integrations.house import THEIRS, House
from tests.integrations.simulators.processes import Running

MANY = int(os.environ.get("MEDIDESK_HOSTILE_EVENTS", "20000"))
SEED = int(os.environ.get("MEDIDESK_HOSTILE_SEED") or random.randrange(10**6))
KINDS: dict[str, Callable[[], Any]] = {"doctolib": Doctolib, "maiia": Maiia, "keldoc": Keldoc}
NEVER_SENT, LATE, UNVERSIONED = 0.02, 0.10, 0.05
MINUTES = 10
LIVED = timedelta(days=6)
DONE = {"doctolib": "completed", "maiia": "completed", "keldoc": "confirmed"}  # Keldoc says that a patient came, not that all is done


@dataclass(frozen=True)
class Told:
    """One event as it was sent, and when it arrives."""

    platform: str
    name: str
    body: bytes
    arrives: float


class Platforms:
    """Patients at work on every platform at once, in the platforms' own stores; what these tell is caught and mistreated."""

    def __init__(self, house: House, running: tuple[Running, ...], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        print(f"seed {seed}")
        self.house = house
        self.chance = random.Random(seed)
        self.engines = {each.platform: Engine(KINDS[each.platform](), Path(each.store)) for each in running}
        self.told: list[Told] = []
        for platform, engine in self.engines.items():
            monkeypatch.setattr(engine.outgoing, "announce", self._catch(platform))
        self.people = [_person(number) for number in range(60)]
        self.free = _times()
        self.chance.shuffle(self.free)
        self.standing: dict[str, list[str]] = {platform: [] for platform in self.engines}

    def live(self, events: int) -> None:
        """Book, move and cancel visits until that many events were told, over the past days."""
        with time_machine.travel(clock.now() - LIVED) as past:
            while len(self.told) < events:
                past.shift(LIVED / events)
                self._act()

    def _act(self) -> None:
        platform = self.chance.choice(sorted(self.engines))
        engine, keys = self.engines[platform], self.standing[platform]
        kind = self.chance.choices(["book", "move", "cancel", "done"], [45, 30, 20, 5])[0]
        if kind == "book" or not keys:
            keys.append(self._book(platform))
            return
        visit = engine.visits.find(keys[self.chance.randrange(len(keys))])
        if kind == "move":
            start = self.free.pop()
            engine.change(visit, origin="patient", start=start, end=start + timedelta(minutes=MINUTES))
        else:
            keys.remove(visit.key)
            engine.change(visit, origin="patient", status="cancelled" if kind == "cancel" else "done")

    def deliver(self, told: list[Told]) -> None:
        """Each up to six times, in no order; applied now and then."""
        copies = [each for each in told for _copy in range(1 + self.chance.randint(0, 5))]
        self.chance.shuffle(copies)
        for each in copies:
            inbox.store(self.house.connections[each.platform], each.body, each.name, clock.now())
            if self.chance.random() < 0.01:
                self._apply()
        self._apply()

    def sent(self, *, late: bool) -> list[Told]:
        """What was sent at all, in time or late."""
        return [each for each in self.told if each.arrives > NEVER_SENT and (each.arrives < NEVER_SENT + LATE) == late]

    def expected(self) -> Counter[tuple[Any, ...]]:
        """What the platforms hold: who, where, from when to when, and how it stands."""
        rows: Counter[tuple[Any, ...]] = Counter()
        for platform, engine in self.engines.items():
            for visit in engine.visits.select("status <> 'cancelled'"):
                rows[platform, visit.start, visit.end, visit.patient["last_name"], _status(platform, visit)] += 1
        return rows

    def here(self) -> Counter[tuple[Any, ...]]:
        """The same, of the agenda."""
        visits = Appointment.objects.exclude(status="cancelled").select_related("patient")
        return Counter((each.source, each.start, each.end, _name(each.patient), each.status) for each in visits)

    def _book(self, platform: str) -> str:
        practitioner, motive = THEIRS[platform]
        start, patient = self.free.pop(), self.chance.choice(self.people)
        values = {"practitioner": practitioner, "motive": motive, "start": start, "minutes": MINUTES, "patient": patient}
        return self.engines[platform].book(**values, origin="patient").key

    def _apply(self) -> None:
        while inbox.apply_due(clock.now()):
            pass

    def _catch(self, platform: str) -> Callable[..., None]:
        def announce(speaker: Any, act: str, visit: Visit, rename: Any) -> None:
            name = f"evt_{platform}_{len(self.told)}"
            left_out = frozenset({"version", "revision"}) if self.chance.random() < UNVERSIONED else frozenset[str]()
            manner = Manner(omitted=left_out)
            body = json.dumps(manner.pruned(speaker.event(act, visit, name, manner))).encode()
            self.told.append(Told(platform, name, body, self.chance.random()))

        return announce


def _status(platform: str, visit: Visit) -> str:
    """What the agenda makes of a status there."""
    return DONE[platform] if visit.status == "done" else visit.status


def _name(patient: Patient) -> str:
    """The name that one platform calls the used one, and another that of birth."""
    return patient.used_name or patient.birth_name


def _person(number: int) -> dict[str, Any]:
    """Somebody whom every platform knows whole."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    name = f"Durand{letters[number % 26]}{letters[number // 26]}"
    born = date(1950, 1, 1) + timedelta(days=211 * number)
    return {"first_name": "Camille", "last_name": name, "birth_date": born.isoformat(), "phone": f"+336399801{number:02}", "email": None}


def _times() -> list[datetime]:
    """Every ten minutes of the days of most of a year to come."""
    first = clock.now().date() + timedelta(days=2)
    days = [datetime.combine(first + timedelta(days=day), time(6), UTC) for day in range(380)]
    return [day + timedelta(minutes=MINUTES * number) for day in days for number in range(78)]


@pytest.fixture
def running(doctolib: Running, maiia: Running, keldoc: Running) -> tuple[Running, ...]:
    """The three platforms, behaving."""
    return doctolib, maiia, keldoc


@pytest.fixture
def reader(throwaway_cabinet: Cabinet, hooks: Hooks, running: tuple[Running, ...]) -> House:
    """A cabinet of its own that reads all of them."""
    house = House(hooks)
    for each in running:
        house.simulators[each.platform] = each.simulator
        house.connections[each.platform] = house.connect(each, mode="in")
    return house


def figures(house: House) -> list[tuple[bool, int]]:
    """Complete and drift of a comparison with each platform."""
    found = [reconcile(connection, clock.now()) for connection in Connection.objects.all()]
    return [(each.complete, each.drift) for each in found]


def run_through(platforms: Platforms, events: int) -> None:
    """Lives lived, news mistreated, a cut page, an expired cursor, then the late news; asserts on the way."""
    house = platforms.house
    platforms.live(events)
    platforms.deliver(platforms.sent(late=False))
    assert not InboundEvent.objects.filter(state__in=("received", "not_understood", "unreadable", "unmapped")).exists()
    true_already = platforms.here() & platforms.expected()

    for simulator in house.simulators.values():
        simulator.order_fault("truncate", "GET /appointments")
    assert {complete for complete, _drift in figures(house)} == {False}
    assert true_already <= platforms.here()

    for simulator in house.simulators.values():
        simulator.order_fault("cursor-expired", "GET /appointments")
    for connection in Connection.objects.all():
        pull(connection, clock.now())
    assert platforms.here() == platforms.expected()
    assert figures(house) == [(True, 0)] * len(house.simulators)

    platforms.deliver(platforms.sent(late=True))
    assert platforms.here() == platforms.expected()
    assert figures(house) == [(True, 0)] * len(house.simulators)
    everybody = {_name(visit.patient) for visit in Appointment.objects.select_related("patient")}
    assert Patient.objects.count() == 1 + len(everybody)  # and one whom the house came with


def test_six_hundred_mistreated_events_end_as_the_platforms_are(reader, running, monkeypatch):
    run_through(Platforms(reader, running, SEED, monkeypatch), 600)


@pytest.mark.slow
def test_twenty_thousand_mistreated_events_end_as_the_platforms_are(reader, running, monkeypatch):
    run_through(Platforms(reader, running, SEED, monkeypatch), MANY)


def test_without_the_version_guard_late_news_win(reader, running, monkeypatch):
    """Negative control: the guard removed, the agenda lies."""
    monkeypatch.setattr(applying, "_is_news", lambda news, twin: True)
    platforms = Platforms(reader, running, 1, monkeypatch)

    with pytest.raises(AssertionError):
        run_through(platforms, 200)


def test_without_matching_patients_are_doubled(reader, running, monkeypatch):
    """Negative control: whoever comes is taken for new."""
    known = applying.patient_of

    def always_new(connection, person, now):
        found = known(connection, person, now)
        copy = Patient.objects.get(pk=found)
        copy.pk, copy._state.adding = None, True
        copy.save()
        return copy.pk

    monkeypatch.setattr(applying, "patient_of", always_new)

    with pytest.raises(AssertionError):
        run_through(Platforms(reader, running, 1, monkeypatch), 60)
