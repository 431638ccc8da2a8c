"""Clients who book, move, cancel and read one practitioner's day at once, and write down what they saw."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tests.histories.agenda_model import Act, Answer, Time, Visit
from tests.whole.cabinet_client import CabinetClient

TIMES = 20
PARIS = ZoneInfo("Europe/Paris")
# How long a client waits before it gives up: its act then may or may not have happened.
PATIENCE_SECONDS = 5
# A server that is still at it when its client has gone ends with the statement it is in.
AFTERMATH_SECONDS = 5
# The server went while it was asked. That it was not there at all (ConnectError) is another thing: then nothing happened.
_GONE = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.TimeoutException)
_ANSWERS = {201: "ok", 200: "ok", "slot-taken": "taken", "already-cancelled": "gone"}


@dataclass
class Ring:
    """One practitioner, one day of twenty times, and people without files elsewhere: set up by REST alone."""

    cabinet: CabinetClient
    practitioner: str
    reason: str
    day: date
    people: list[str]

    @classmethod
    def open(cls, cabinet: CabinetClient, people: list[str]) -> "Ring":
        """A practitioner of their own for these people, two Mondays from now."""
        site = _made(cabinet, "sites", name="Ring", postal_code="59200")
        practitioner = _made(cabinet, "practitioners", first_name="Alma", last_name="Delcourt", sites=[site])
        reason = _made(cabinet, "visit-reasons", name="Reprise", duration_minutes=30, practitioners=[{"id": practitioner}])
        _made(cabinet, "opening-hours", practitioner=practitioner, site=site, weekday=0, start="08:00", end="18:00")
        today = datetime.now(PARIS).date()
        monday = today + timedelta(days=14 - today.weekday())
        return cls(cabinet, practitioner, reason, monday, people)

    def start(self, number: Time) -> str:
        """The start of that time, as the contract writes it."""
        return (datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=PARIS) + timedelta(minutes=30 * number)).isoformat()

    def number(self, start: str) -> Time:
        """The time that starts then."""
        first = datetime.fromisoformat(self.start(0))
        return int((datetime.fromisoformat(start) - first).total_seconds()) // 1800


@dataclass
class Crowd:
    """The clients' common memory: what was seen, and which visits are known to stand."""

    ring: Ring
    history: list[Act] = field(default_factory=list)
    standing: dict[Visit, str] = field(default_factory=dict)
    accidents: list[str] = field(default_factory=list)
    _left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = list(self.ring.people)

    def storm(self, clients: int, seconds: float, seed: int) -> None:
        """Let them all at it until the time is over."""
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._client, args=(Random(seed + n), until)) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def read_quietly(self, kind: str) -> None:
        """One reading (`day` or `free`) when everything has settled."""
        with self._http() as http:
            getattr(self, f"_{kind}")(http, Random())

    def _http(self) -> httpx.Client:
        cabinet = self.ring.cabinet
        headers = {"Host": cabinet.host, "Authorization": f"Bearer {cabinet.key}"}
        return httpx.Client(base_url=cabinet.base, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False)

    def _client(self, chance: Random, until: float) -> None:
        with self._http() as http:
            while time.monotonic() < until:
                kind = chance.choice(["book"] * 5 + ["move"] * 2 + ["cancel"] * 3 + ["day"] * 3 + ["free"] * 2)
                try:
                    getattr(self, f"_{kind}")(http, chance)
                except httpx.ConnectError:
                    time.sleep(0.1)

    def _book(self, http: httpx.Client, chance: Random) -> None:
        try:
            person = self._left.pop()
        except IndexError:
            return
        number = chance.randrange(TIMES)
        body = {"practitioner": self.ring.practitioner, "visit_reason": self.ring.reason, "start": self.ring.start(number)}
        try:
            answer = self._write(http, "book", person, number, "POST", "appointments", body | {"patient": person})
        except httpx.ConnectError:
            self._left.append(person)
            raise
        if answer is not None and answer.status_code == 201:
            self.standing[person] = answer.json()["id"]

    def _move(self, http: httpx.Client, chance: Random) -> None:
        if (chosen := self._somebody(chance)) is None:
            return
        person, visit = chosen
        try:
            seen = http.get(f"/api/v1/appointments/{visit}")
        except _GONE:
            return
        if seen.status_code == 200:
            number = chance.randrange(TIMES)
            path, body = f"appointments/{visit}", {"start": self.ring.start(number)}
            self._write(http, "move", person, number, "PATCH", path, body, {"If-Match": seen.headers["ETag"]})

    def _cancel(self, http: httpx.Client, chance: Random) -> None:
        if (chosen := self._somebody(chance)) is None:
            return
        person, visit = chosen
        answer = self._write(http, "cancel", person, 0, "POST", f"appointments/{visit}/cancellation", {"by": "cabinet", "reason": "essai"})
        if answer is not None and answer.status_code == 201:
            self.standing.pop(person, None)

    def _day(self, http: httpx.Client, chance: Random) -> None:
        ring = self.ring
        query = f"practitioner={ring.practitioner}&from={ring.day}&to={ring.day + timedelta(days=1)}&status=confirmed&limit=200"
        rows = self._read(
            http, "day", f"appointments?{query}", lambda found: [(one["patient"], ring.number(one["start"])) for one in found["results"]]
        )
        for one in rows or ():
            self.standing.setdefault(one["patient"], one["id"])

    def _free(self, http: httpx.Client, chance: Random) -> None:
        ring = self.ring
        query = f"visit_reason={ring.reason}&practitioner={ring.practitioner}&from={ring.day}&to={ring.day + timedelta(days=1)}"
        self._read(http, "free", f"slots?{query}", lambda found: [ring.number(slot) for slot in found["practitioners"][0]["slots"]])

    def _somebody(self, chance: Random) -> tuple[Visit, str] | None:
        known = list(self.standing.items())
        return chance.choice(known) if known else None

    def _write(
        self, http: httpx.Client, kind: Any, person: Visit, number: Time, method: str, path: str, body: Any, headers: Any = None
    ) -> httpx.Response | None:  # fmt: skip
        """Ask, and note the answer; no answer, and a server's own failure, are a `maybe`. A stale version changed nothing."""
        asked = time.monotonic()
        try:
            answer = http.request(method, f"/api/v1/{path}", json=body, headers=headers)
        except _GONE:
            self.history.append(Act(kind, person, number, "maybe", asked, time.monotonic() + AFTERMATH_SECONDS))
            return None
        told: Answer | None = "maybe"
        if answer.status_code < 500:
            told = _ANSWERS.get(answer.status_code) or _ANSWERS.get(answer.json()["code"])
        if answer.status_code == 412:
            return answer
        assert told is not None, answer.text
        done = time.monotonic() + (AFTERMATH_SECONDS if told == "maybe" else 0)
        self.history.append(Act(kind, person, number, told, asked, done))
        return answer

    def _read(self, http: httpx.Client, kind: Any, path: str, shown: Any) -> Iterable[dict[str, Any]] | None:
        asked = time.monotonic()
        try:
            answer = http.get(f"/api/v1/{path}")
        except _GONE:
            return None
        if answer.status_code != 200:
            return None
        found = answer.json()
        self.history.append(Act(kind, "", 0, frozenset(shown(found)), asked, time.monotonic()))
        return found.get("results")


def register(cabinet: CabinetClient, number: int) -> list[str]:
    """That many people with a file in the cabinet."""
    born = {"birth_name": "Vague", "birth_date": "1980-01-02"}
    return [_made(cabinet, "patients", first_names=f"N{n}", email=f"n{n}@patients.example", **born) for n in range(number)]


def _made(cabinet: CabinetClient, resource: str, **values: Any) -> str:
    answer = cabinet.api("POST", resource, values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
