"""Ten thousand attempts on five hundred times from four sources, sixty-four at once: who gets a time, and what the others are told."""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bench.answers import Answers
from bench.booking import OVERLAPS, free_times
from bench.bursts import Burst, Told, run_bursts
from bench.figures import Figures, Target, figures_of
from bench.report import conclude
from bench.rival_doors import SECRET, Doors
from bench.stage import ROOT, Stage, staged, wait_until_quiet

# Rivals for each time, twenty of them, from four sources: the site, partners, the cabinet's own people, the platforms.
RIVALS = (*["site"] * 5, *["partner"] * 5, *["staff"] * 5, *["doctolib"] * 3, *["maiia"] * 2)
PLATFORMS = ("doctolib", "maiia")
WON, LOST, STORED = {"site": 302, "partner": 201, "staff": 201}, 409, 202
BURSTS_A_RUN = 10  # signatures live for five minutes: the requests of so many bursts are written at once
HEAD_START = 4  # for one time in so many the platforms' patients are a burst earlier, so that they win some

Attempt = tuple[str, int]  # (door, number of the time)


@dataclass(frozen=True)
class Row:
    """One occupancy in the normal lane, as the database has it: of a time fought for, a visit of a source or a hold."""

    time: tuple[str, str]
    source: str
    visit: str


def bursts_of(times: int, size: int, seed: int) -> list[list[Attempt]]:
    """Every attempt once: those on the same time near each other, in an order by chance, in bursts of `size`."""
    chance = random.Random(seed)
    at_once = max(1, size // len(RIVALS))

    def burst_of(door: str, number: int) -> float:
        early = door in PLATFORMS and number % HEAD_START == 0
        return number // at_once - early

    attempts = [(door, number) for number in range(times) for door in RIVALS]
    chance.shuffle(attempts)
    attempts.sort(key=lambda one: burst_of(*one))
    return [attempts[first : first + size] for first in range(0, len(attempts), size)]


def flaws(
    attempts: Sequence[Attempt], told: Sequence[Told], rows: Sequence[Row], imported: int, times: Sequence[tuple[str, str]]
) -> list[str]:
    """What is wrong: doubles, losses, answers that must not be, promises that the database does not keep."""
    if len(attempts) != len(told):
        return [f"{len(told)} answers for {len(attempts)} attempts"]
    strange = Counter((door, one.status) for (door, _), one in zip(attempts, told, strict=True) if one.status not in _allowed(door))
    wrong = [f"{door} was told {status}, {count} times" for (door, status), count in strange.items()]
    by_time = Counter(row.time for row in rows)
    wrong += [f"{time} is taken {by_time[time]} times" for time in times if by_time[time] != 1]
    winners = Counter(number for (door, number), one in zip(attempts, told, strict=True) if one.status == WON.get(door))
    wrong += [f"{times[number]} was promised {count} times" for number, count in winners.items() if count > 1]
    kept = {row.visit for row in rows}
    promised = {json.loads(one.body)["id"] for one in told if one.status == 201}
    holds = sum(row.source == "hold" for row in rows)
    held = sum(door == "site" and one.status == 302 for (door, _), one in zip(attempts, told, strict=True))
    stored = sum(one.status == STORED for one in told)
    wrong += [f"{len(promised - kept)} visits that were promised are not there"] if promised - kept else []
    wrong += [f"{holds} times are held for {held} who were told so"] if holds != held else []
    return wrong + ([f"{imported} visits of the platforms for {stored} events taken in"] if imported != stored else [])


def _allowed(door: str) -> tuple[int, ...]:
    return (STORED,) if door in PLATFORMS else (WON[door], LOST)


@contextmanager
def applied(stage: Stage, cabinet: dict) -> Iterator[None]:
    """A worker applies what the platforms tell, meanwhile and until nothing is left."""
    argv = [sys.executable, "-m", "bench.applying", cabinet["schema"]]
    worker = subprocess.Popen(argv, cwd=ROOT, env=stage.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.communicate(timeout=600)
    if worker.returncode:
        raise RuntimeError("the worker that applies the platforms' news has failed")


def storm(stage: Stage, doors: Doors, plan: list[list[Attempt]], times: list[tuple[str, str]]) -> tuple[list[Told], float, float]:
    """Everything sent; what was told, the seconds of the bursts and the CPU of the servers."""
    told: list[Told] = []
    seconds = cpu = 0.0
    for first in range(0, len(plan), BURSTS_A_RUN):
        numbered = enumerate(plan[first : first + BURSTS_A_RUN], start=first)
        requests = [[doors.request(door, n * 1000 + m, times[number]) for m, (door, number) in enumerate(burst)] for n, burst in numbered]
        outcome, spent = stage.run(Burst(stage.port, requests), run_bursts)
        told += outcome.told
        seconds, cpu = seconds + outcome.seconds, cpu + spent
    return told, seconds, cpu


def rows_of(stage: Stage, cabinet: dict, times: Sequence[tuple[str, str]]) -> list[Row]:
    """Every normal occupancy of a time fought for."""
    wanted = {(practitioner, _minute(start)): (practitioner, start) for practitioner, start in times}
    sql = (
        "SELECT o.resource::text, o.visit_minute, coalesce(a.source, 'hold'), coalesce(a.id::text, '')"
        " FROM {0}.agenda_occupancy o LEFT JOIN {0}.agenda_appointment a ON a.id = o.appointment_id WHERE o.lane = 'normal'"
    ).format(cabinet["schema"])
    found = stage.sql(sql)
    return [Row(wanted[resource, minute], source, visit) for resource, minute, source, visit in found if (resource, minute) in wanted]


def _minute(start: str) -> int:
    return int(datetime.fromisoformat(start).timestamp() // 60)


def _p95(figures: dict[str, Figures], group: str) -> str:
    return f"{figures[group].p95:.0f}" if group in figures else "–"


def main() -> None:
    """Let it rage, check what is left, print, and end with 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench storm")
    parser.add_argument("--times", type=int, default=500, help=f"{len(RIVALS)} attempts on each")
    parser.add_argument("--clients", type=int, default=64, help="released together")
    parser.add_argument("--seed", type=int, default=20270301)
    options = parser.parse_args()
    with staged({"ring": {"visits": 100, "told_by": SECRET}}, pages=True) as (stage, made):
        cabinet, answers = made["ring"], Answers(stage)
        times = list(islice(free_times(answers, cabinet), options.times))
        plan, doors = bursts_of(len(times), options.clients, options.seed), Doors(stage, cabinet, options.seed)
        deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        before = stage.sql(deadlocks)[0][0]
        wait_until_quiet()
        with applied(stage, cabinet):
            told, seconds, cpu = storm(stage, doors, plan, times)
        attempts = [attempt for burst in plan for attempt in burst]
        imported = stage.sql(f"SELECT count(*) FROM {cabinet['schema']}.agenda_appointment WHERE source IN ('doctolib', 'maiia')")[0][0]
        rows = rows_of(stage, cabinet, times)
        wrong = flaws(attempts, told, rows, imported, times)
        overlaps = stage.sql(OVERLAPS.format(schema=cabinet["schema"]))[0][0]
        met = stage.sql(deadlocks)[0][0] - before
    wrong += [f"{overlaps} overlaps"] if overlaps else []
    report(stage, attempts, told, rows, wrong, seconds, cpu, overlaps, met)


def report(
    stage: Stage, attempts: Sequence[Attempt], told: Sequence[Told], rows: Sequence[Row], wrong: list[str],
    seconds: float, cpu: float, overlaps: int, deadlocks: int,
) -> None:  # fmt: skip
    """For people, then for machines."""
    groups: dict[str, list[int]] = {"all": [one.nanoseconds for one in told]}
    for (door, _), one in zip(attempts, told, strict=True):
        group = "stored" if door in PLATFORMS else "winners" if one.status == WON[door] else "losers"
        groups.setdefault(group, []).append(one.nanoseconds)
        groups.setdefault(f"{door} {one.status}", []).append(one.nanoseconds)
    figures = {name: figures_of(found, seconds, cpu if name == "all" else 0.0) for name, found in groups.items()}
    errors = sum(one.status >= 500 for one in told)
    judged = [
        Target("times with two normal visits", 0, overlaps, False),
        Target("promises not kept and visits lost", 0, len(wrong), False),
        Target("answers 5xx (a deadlock shown is one)", 0, errors, False),
    ]
    won = Counter(row.source for row in rows)
    lines = [
        f"{len(told) / seconds:.0f} attempts a second; p95: winners {_p95(figures, 'winners')} ms, losers {_p95(figures, 'losers')} ms",
        "who won: " + ", ".join(f"{source} {count}" for source, count in won.most_common()),
        f"deadlocks that Postgres broke and nobody saw: {deadlocks}",
    ]
    conclude("storm", stage, figures, judged, wrong, lines, attempts=len(told), won=dict(won), deadlocks=deadlocks)


if __name__ == "__main__":
    main()
