"""Signed events of Doctolib and Maiia, a third each of visits that come, move and go: how fast they are stored, and applied.

And the other way: how long from a booking's commit until other platforms were told.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from standardwebhooks.webhooks import Webhook

from bench import telling
from bench.figures import Figures, Target, figures_of, over_rounds
from bench.load import Load, get, post
from bench.report import conclude
from bench.rival_doors import SECRET
from bench.stage import ROOT, Stage, staged, wait_until_quiet

PLATFORMS = ("doctolib", "maiia")
KINDS = ("created", "updated", "cancelled")
WAYS = ("alone", "together")
CLIENTS, STORED = 16, 202
A_DAY = 10  # visits of a practitioner, three quarters of an hour apart: none of them meets another
MOVED_BY = timedelta(days=112)
NAMES = ("Haddad", "Lefebvre", "Nguyen", "Okafor", "Silva", "Moreau", "Benali", "Kowalski", "Duval", "Traoré", "Rossi", "Petit", "Weber")


class Events:
    """Writes the events of visits by number, each of a person of its own."""

    def __init__(self, stage: Stage, cabinet: dict[str, Any]) -> None:
        self.stage, self.cabinet = stage, cabinet
        self.first = datetime.fromisoformat(f"{cabinet['to']}T07:00:00+00:00")

    def request(self, number: int, kind: str) -> bytes:
        """The bytes of one event, signed now and good for five minutes."""
        platform = PLATFORMS[number % len(PLATFORMS)]
        raw, now = json.dumps(getattr(self, f"_{platform}")(number, kind)), self.stage.now()
        message = f"{kind}-{number}"
        signed = {
            "webhook_id": message,
            "webhook_timestamp": str(int(now.timestamp())),
            "webhook_signature": Webhook(SECRET).sign(message, now, raw),
        }
        return post(self.stage.port, self.cabinet["host"], f"/api/webhooks/{platform}", "", raw.encode(), **signed)

    def start(self, number: int, kind: str) -> datetime:
        """When the visit is, after that event."""
        people = len(self.cabinet["practitioners"])
        day, place = divmod(number // people, A_DAY)
        moved = MOVED_BY if kind != "created" else timedelta(0)
        return self.first + timedelta(days=day, minutes=45 * place) + moved

    def _practitioner(self, number: int) -> str:
        people: list[str] = self.cabinet["practitioners"]
        return people[number % len(people)]

    def _person(self, number: int) -> tuple[str, str, str]:
        """First name, name, birth date: hardly two alike."""
        birth = date(1930, 1, 1) + timedelta(days=number * 37 % 29_000)
        return f"{NAMES[number * 7 % len(NAMES)][::-1].title()} {number}", f"{NAMES[number % len(NAMES)]}-{number}", str(birth)

    def _doctolib(self, number: int, kind: str) -> dict[str, Any]:
        first, name, birth = self._person(number)
        status = "cancelled" if kind == "cancelled" else "confirmed"
        appointment = {"id": f"d{number}", "start_time": _utc(self.start(number, kind)), "duration": 30, "status": status}
        patient = {"id": f"p{number}", "first_name": first, "last_name": name, "birth_date": birth, "email": f"p{number}@patients.example"}
        data = {"patient": patient | {"phone": None}, "practitioner": {"id": self._practitioner(number)}}
        versioned = {"version": KINDS.index(kind) + 1, "visit_motive_id": "r"}
        return {"event": f"appointment.{kind}", "event_id": f"{kind}-{number}", "data": data | {"appointment": appointment | versioned}}

    def _maiia(self, number: int, kind: str) -> dict[str, Any]:
        first, name, birth = self._person(number)
        start = self.start(number, kind)
        visit = {
            "id": f"m{number}", "practitionerId": self._practitioner(number), "consultationReasonId": "r",
            "state": "CANCELLED" if kind == "cancelled" else "BOOKED", "revision": KINDS.index(kind) + 1,
            "startDateTime": _utc(start), "endDateTime": _utc(start + timedelta(minutes=30)),
            "patient": {
                "id": f"p{number}", "firstName": first, "birthName": name, "birthDate": birth, "email": f"p{number}@patients.example",
            },
        }  # fmt: skip
        emitted = f"{self.stage.now():%Y-%m-%dT%H:%M:%SZ}"
        return {"type": f"APPOINTMENT_{kind.upper()}", "eventId": f"{kind}-{number}", "emittedAt": emitted, "appointment": visit}


def flaws(events: int, answers: Counter[int], states: Counter[str], visits: Sequence[tuple[str, int]], taken: int) -> list[str]:
    """What is wrong: answers that must not be, events lost or not applied, visits that did not go all their way, time not given back.

    `visits` are the status and version of each imported visit.
    """
    wrong = [f"{count} events were answered {status}" for status, count in answers.items() if status != STORED]
    wrong += [f"{sum(states.values())} events are kept of {events}"] if sum(states.values()) != events else []
    wrong += [f"{count} events are {state}" for state, count in states.items() if state != "applied"]
    wrong += [f"{len(visits)} visits came of {events // len(KINDS)}"] if len(visits) * len(KINDS) != events else []
    astray = sum(one != ("cancelled", len(KINDS)) for one in visits)
    wrong += [f"{astray} visits did not come, move and go"] if astray else []
    return wrong + ([f"{taken} times are taken still"] if taken else [])


def apply_there(stage: Stage, cabinet: dict[str, Any], way: str) -> Figures:
    """Apply what was stored, in a process of its own."""
    argv = [sys.executable, "-m", "bench.applying", cabinet["schema"], way]
    done = subprocess.run(argv, cwd=ROOT, env=stage.environment, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return Figures(told["events"] / told["seconds"], 0, 0, 0, told["seconds"] * 1000 / max(1, told["events"]), int(told["events"]))


def measure(stage: Stage, cabinet: dict[str, Any], rounds: int, visits: int, seconds: float) -> tuple[dict[str, Figures], Counter[int]]:
    """The floor, storing and both ways of applying, round after round; and what the events were answered."""
    events, answers, found = Events(stage, cabinet), Counter[int](), dict[str, list[Figures]]()
    floor = get(stage.port, cabinet["host"], f"/bench/floor1?{urlencode({'id': cabinet['visit']})}")
    for number in range(rounds * len(WAYS)):
        way, numbers = WAYS[number % len(WAYS)], range(number * visits, (number + 1) * visits)
        outcome, cpu = stage.run(Load(stage.port, [floor], CLIENTS, seconds))
        found.setdefault("floor1", []).append(figures_of(outcome.latencies.get(200, []), outcome.seconds, cpu))
        for kind in KINDS:  # those of one visit one after the other: sixteen clients keep no order among them
            requests = [events.request(each, kind) for each in numbers]
            outcome, cpu = stage.run(Load(stage.port, requests, CLIENTS, 600, again=False))
            answers.update({status: len(those) for status, those in outcome.latencies.items()})
            found.setdefault("stored", []).append(figures_of(outcome.latencies.get(STORED, []), outcome.seconds, cpu))
        found.setdefault(f"applied {way}", []).append(apply_there(stage, cabinet, way))
    return {name: over_rounds(those) for name, those in found.items()}, answers


def check(stage: Stage, cabinet: dict[str, Any], events: int, answers: Counter[int]) -> list[str]:
    """Look at what is left."""
    schema = cabinet["schema"]
    states = Counter(dict(_pairs(stage.sql(f"SELECT state, count(*) FROM {schema}.integrations_inboundevent GROUP BY 1"))))
    own = f"{schema}.agenda_appointment WHERE source IN ('doctolib', 'maiia')"
    visits = [(str(status), int(version)) for status, version in stage.sql(f"SELECT status, version FROM {own}")]
    taken = stage.sql(f"SELECT count(*) FROM {schema}.agenda_occupancy WHERE appointment_id IN (SELECT id FROM {own})")[0][0]
    return flaws(events, answers, states, visits, taken)


def _pairs(rows: Iterable[tuple]) -> Iterable[tuple[str, int]]:
    return ((str(state), int(count)) for state, count in rows)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def main() -> None:
    """Measure, check what is left, print, and end with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench webhooks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--visits", type=int, default=300, help="of each round and way; three events each")
    parser.add_argument("--seconds", type=float, default=1.0, help="of the floor in each round")
    parser.add_argument("--bookings", type=int, default=300, help="of which the platforms are told, ten a second")
    options = parser.parse_args()
    with staged({"hooks": {"visits": 100, "told_by": SECRET}, "tells": {"visits": 100, "connected": True}}) as (stage, made):
        cabinet = made["hooks"]
        wait_until_quiet()
        rows, answers = measure(stage, cabinet, options.rounds, options.visits, options.seconds)
        events = options.rounds * len(WAYS) * options.visits * len(KINDS)
        wrong = check(stage, cabinet, events, answers)
        rows["commit → told"], amiss = telling.measure(stage, made["tells"], options.bookings)
        wrong += amiss
        targets = [
            Target("stored / floor1, events a second, 16 clients", 0.55, rows["stored"].rate / rows["floor1"].rate, True),
            Target("applied together / one by one, events a second", 3, rows["applied together"].rate / rows["applied alone"].rate, True),
            Target("applied together, events a second", 500, rows["applied together"].rate, True),
            Target("commit → other platform told, p95, ms, at 10 bookings a second", 2000, rows["commit → told"].p95, False),
        ]
        conclude("webhooks", stage, rows, targets, wrong, events=events)


if __name__ == "__main__":
    main()
