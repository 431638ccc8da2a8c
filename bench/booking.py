"""POST /api/v1/appointments through the whole stack, on distinct times and on times that many want, against the floors."""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from bench.answers import Answers
from bench.figures import Figures, Target, figures_of, json_line, over_rounds, table
from bench.load import Load, Outcome, get, post
from bench.raw import RawLoad, run_raw
from bench.stage import Stage, staged, wait_until_quiet

CLIENTS = (1, 4, 16)
SHARE = {1: 0.2, 4: 0.4, 16: 1.0}  # of the bookings of a round, by clients: about the same time each
SPACING = timedelta(minutes=45)  # 30 minutes and two buffers of 5, on a grid of 15
RIVALS, RIVAL_CLIENTS = 10, 16
WRITTEN = {
    "visits": "agenda_appointment", "occupancy": "agenda_occupancy", "journal": "agenda_journalentry", "messages": "messaging_message",
    "outbound": "integrations_outboundchange", "kept answers": "integrations_keptanswer",
}  # fmt: skip
OVERLAPS = (
    "SELECT count(*) FROM {schema}.agenda_occupancy a JOIN {schema}.agenda_occupancy b ON a.resource = b.resource AND a.id < b.id"
    " AND a.span && b.span AND a.lane = 'normal' AND b.lane = 'normal'"
)


def free_times(answers: Answers, cabinet: dict) -> Iterator[tuple[str, str]]:
    """(practitioner, start) of free times that leave each other alone, as the API itself offers them, window after window."""
    day = date.fromisoformat(cabinet["to"])
    while True:
        until = day + timedelta(days=90)
        query = urlencode({"visit_reason": cabinet["reason"], "from": day, "to": until})
        offers = json.loads(answers.ask(cabinet, f"/api/v1/slots?{query}").body)["practitioners"]
        if not any(offer["slots"] for offer in offers):
            return
        for offer in offers:
            last: datetime | None = None
            for start in offer["slots"]:
                instant = datetime.fromisoformat(start)
                if last is None or instant - last >= SPACING:
                    last = instant
                    yield offer["id"], start
        day = until


class Desk:
    """Makes booking requests, each on a time of its own, each with its own Idempotency-Key."""

    def __init__(self, stage: Stage, cabinet: dict, times: Iterator[tuple[str, str]], seed: int) -> None:
        self.stage, self.cabinet, self.chance = stage, cabinet, random.Random(seed)
        self.times = list(times)
        self.chance.shuffle(self.times)

    def attempt(self, practitioner: str, start: str) -> tuple[bytes, str]:
        """The body and the Idempotency-Key of one attempt, for a patient by chance."""
        patient = self.chance.choice(self.cabinet["patients"])
        body = {"practitioner": practitioner, "visit_reason": self.cabinet["reason"], "start": start, "patient": patient}
        return json.dumps(body).encode(), f'"{UUID(int=self.chance.getrandbits(128), version=4)}"'

    def request(self, practitioner: str, start: str) -> bytes:
        """One attempt, as bytes to send."""
        return post(self.stage.port, self.cabinet["host"], "/api/v1/appointments", self.cabinet["key"], *self.attempt(practitioner, start))

    def distinct(self, count: int) -> list[bytes]:
        """So many attempts, none of which meets another. Raises IndexError when the diary is full."""
        return [self.request(*self.times.pop()) for _ in range(count)]

    def rivals(self, times: int, *, herd: bool) -> list[bytes]:
        """RIVALS attempts on each of so many times: one after the other (herd), or shuffled."""
        attempts = [self.request(*time) for time in [self.times.pop() for _ in range(times)] for _ in range(RIVALS)]
        if not herd:
            self.chance.shuffle(attempts)
        return attempts


class Measure:
    """The rounds, and what was wrong in them."""

    def __init__(self, stage: Stage, cabinet: dict, desk: Desk) -> None:
        self.stage, self.cabinet, self.desk = stage, cabinet, desk
        self.rows: dict[str, list[Figures]] = {}
        self.wrong: list[str] = []
        self.booked = 0

    def round(self, bookings: int, seconds: float) -> None:
        """Floors, raw inserts and bookings at each number of clients, one after the other; then the rivals."""
        for clients in CLIENTS:
            for name in ("floor0", "floor1"):
                request = get(self.stage.port, self.cabinet["host"], f"/bench/{name}?id={self.cabinet['visit']}")
                self._note(f"{name} c={clients}", *self.stage.run(Load(self.stage.port, [request], clients, seconds)), only=200)
            raw = RawLoad(self.stage.environment["DATABASE_URL"], self.cabinet["schema"], clients, max(1, int(bookings * SHARE[clients])))
            self._note(f"raw c={clients}", *self.stage.run(raw, run_raw), only=201)
            load = Load(self.stage.port, self.desk.distinct(raw.count), clients, 60.0, again=False)
            self.booked += self._note(f"booking c={clients}", *self.stage.run(load), only=201)
        for order in ("herd", "shuffled"):
            self.rivals(order, max(1, bookings // 20))

    def rivals(self, order: str, times: int) -> None:
        """Exactly one of the rivals for each time gets it, the others are told that it is taken."""
        attempts = self.desk.rivals(times, herd=order == "herd")
        outcome, cpu = self.stage.run(Load(self.stage.port, attempts, RIVAL_CLIENTS, 60.0, again=False))
        counts = {status: len(found) for status, found in outcome.latencies.items()}
        if counts != {201: times, 409: times * (RIVALS - 1)}:
            self.wrong.append(f"rivals {order}: {counts} for {times} times")
        for name, status in (("winners", 201), ("losers", 409)):
            figures = figures_of(outcome.latencies.get(status, []), outcome.seconds, cpu)
            self.rows.setdefault(f"{name} {order} c={RIVAL_CLIENTS}", []).append(figures)
        self.booked += counts.get(201, 0)

    def _note(self, name: str, outcome: Outcome, cpu: float, *, only: int) -> int:
        if set(outcome.latencies) != {only}:
            self.wrong.append(f"{name}: { {status: len(found) for status, found in outcome.latencies.items()} }")
        found = outcome.latencies.get(only, [])
        self.rows.setdefault(name, []).append(figures_of(found, outcome.seconds, cpu))
        return len(found)


def count_statements(answers: Answers, cabinet: dict, desk: Desk) -> int:
    """The SQL statements of one booking."""
    body, key = desk.attempt(*desk.times.pop())
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return int(answers.ask(cabinet, "/bench/counted-appointments", "POST", body, **headers).headers["Bench-Queries"])


def count_rows(stage: Stage, cabinet: dict) -> dict[str, int]:
    """The rows of each table that a booking writes to."""
    asked = {name: f"SELECT count(*) FROM {cabinet['schema']}.{table} WHERE {_not_raw(table)}" for name, table in WRITTEN.items()}
    return {name: stage.sql(statement)[0][0] for name, statement in asked.items()}


def _not_raw(table: str) -> str:
    """What the bare driver wrote beside is not a booking."""
    return {"agenda_appointment": "source <> 'raw'", "agenda_occupancy": "lane = 'normal' AND visit_reason IS NOT NULL"}.get(table, "true")


def targets(rows: dict[str, Figures]) -> list[Target]:
    """The project's targets."""
    losers = max(rows[f"losers {order} c=16"].p95 / rows[f"winners {order} c=16"].p95 for order in ("herd", "shuffled"))
    return [
        Target("bookings / floor1, requests a second, 16 clients", 0.40, rows["booking c=16"].rate / rows["floor1 c=16"].rate, True),
        Target("p99 of a booking, ms, worst number of clients", 100, max(rows[f"booking c={c}"].p99 for c in CLIENTS), False),
        Target("p95 of losers / of winners", 1.5, losers, False),
    ]


def main() -> None:
    """Measure, check what was written, print, and end with 1 only when something was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench booking")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each floor in each round")
    parser.add_argument("--bookings", type=int, default=1000, help="at 16 clients in each round")
    options = parser.parse_args()
    with staged({"diary": {"visits": 500, "connected": True}}) as (stage, made):
        cabinet, answers = made["diary"], Answers(stage)
        desk = Desk(stage, cabinet, free_times(answers, cabinet), seed=7)
        warm = stage.run(Load(stage.port, desk.distinct(64), 16, 60.0, again=False))[0]
        stage.other_cores.clear()
        queries = min(count_statements(answers, cabinet, desk) for _ in range(12))
        before = count_rows(stage, cabinet)
        wait_until_quiet()
        measure = Measure(stage, cabinet, desk)
        if set(warm.latencies) != {201}:
            measure.wrong.append(f"warm-up: {sorted(warm.latencies)}")
        for _ in range(options.rounds):
            measure.round(options.bookings, options.seconds)
        check_rows(stage, cabinet, before, measure)
    report(options, stage, measure, queries)


def check_rows(stage: Stage, cabinet: dict, before: dict[str, int], measure: Measure) -> None:
    """As many visits as 201s, one occupancy and one journal line each, two messages, a row per connection; nothing overlaps."""
    after = count_rows(stage, cabinet)
    each = {"visits": 1, "occupancy": 1, "journal": 1, "messages": 2, "outbound": 2}
    for name, count in each.items():
        if after[name] - before[name] != count * measure.booked:
            measure.wrong.append(f"{after[name] - before[name]} rows of {name} for {measure.booked} bookings")
    if overlaps := stage.sql(OVERLAPS.format(schema=cabinet["schema"]))[0][0]:
        measure.wrong.append(f"{overlaps} overlaps")


def report(options: argparse.Namespace, stage: Stage, measure: Measure, queries: int) -> None:
    """For people, then for machines."""
    rows = {name: over_rounds(found) for name, found in measure.rows.items()}
    judged, others = targets(rows), sum(stage.other_cores) / len(stage.other_cores)
    raw = rows["booking c=16"].rate / rows["raw c=16"].rate
    print(table(rows))
    print("\n" + "\n".join(one.line() for one in judged))
    cpu = min(rows[f"floor1 c={c}"].cpu_ms / rows[f"booking c={c}"].cpu_ms for c in CLIENTS)
    print(f"bookings / raw inserts a second, 16 clients: {raw:.2f}; CPU of floor1 / of a booking, worst: {cpu:.2f}")
    print(f"statements of one booking: {queries}")
    print(f"other work on the machine: {others:.2f} cores" + "".join(f"\nWRONG: {one}" for one in measure.wrong))
    facts = {
        "rounds": options.rounds,
        "bookings": measure.booked,
        "other_cores": round(others, 2),
        "queries": queries,
        "by_cpu": round(cpu, 3),
    }
    print(json_line("booking", rows, judged, wrong=measure.wrong, share_of_raw=round(raw, 3), **facts))
    sys.exit(1 if measure.wrong else 0)


if __name__ == "__main__":
    main()
