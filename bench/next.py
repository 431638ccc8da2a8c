"""GET /api/v1/slots/next: the first free time within a year of a cabinet that is full for months, against the floors."""

import argparse
import json
from collections.abc import Iterator
from urllib.parse import urlencode

from bench.answers import Answers
from bench.data import NOW
from bench.figures import Figures, Target
from bench.load import get
from bench.report import conclude
from bench.rounds import CLIENTS, Variant, measure, warm_up
from bench.stage import Stage, staged, wait_until_quiet

WARM, COLD, NAIVE = "warm", "cold", "naive"
PATHS = {WARM: "/api/v1/slots/next", COLD: "/api/bench/cold-next", NAIVE: "/bench/naive-next"}
COUNTED = {WARM: "/bench/counted-next", COLD: "/bench/counted-cold-next"}
TIMES_FLOOR = 6


def query_of(cabinet: dict, practitioners: int) -> str:
    """From the measured day on, one practitioner or all ten."""
    asked = {"visit_reason": cabinet["reason"], "from": NOW[:10]}
    return urlencode(asked | ({"practitioner": cabinet["practitioners"][0]} if practitioners == 1 else {}))


def disagreement(label: str, bodies: dict[str, bytes], first_day: str) -> list[str]:
    """What is wrong with the answers of the doors: they must be one, a time on `first_day` or later."""
    slots = {mode: json.loads(body).get("slot") for mode, body in bodies.items()}
    if any(slot != slots[NAIVE] for slot in slots.values()):
        return [f"{label}: {slots}"]
    if slots[NAIVE] is None or slots[NAIVE]["start"][:10] < first_day:
        return [f"{label}: the diary is not as full as it should be: {slots[NAIVE]}"]
    return []


def variants(stage: Stage, cabinet: dict, answers: Answers, first_day: str) -> Iterator[Variant]:
    """The floor, then the door for one practitioner and for all."""
    yield Variant("floor1", (get(stage.port, cabinet["host"], f"/bench/floor1?id={cabinet['visit']}"),))
    for practitioners in (1, 10):
        query = query_of(cabinet, practitioners)
        bodies = {mode: answers.ask(cabinet, f"{path}?{query}").body for mode, path in PATHS.items()}
        answers.wrong += disagreement(f"{practitioners}p", bodies, first_day)
        for mode in (WARM, COLD):
            request = get(stage.port, cabinet["host"], f"{PATHS[mode]}?{query}", cabinet["key"])
            yield Variant(f"{mode} {practitioners}p", (request,), bodies[NAIVE])


def targets(rows: dict[str, Figures], queries: dict[str, int]) -> list[Target]:
    """The project's, at the worst number of clients."""

    def worst(mode: str, p: int) -> float:
        return max(rows[f"{mode} {p}p c={c}"].p95 / rows[f"floor1 c={c}"].p95 for c in CLIENTS)

    return [
        *(Target(f"p95, warm, {p} practitioners / floor1", TIMES_FLOOR, worst(WARM, p), False) for p in (1, 10)),
        *(Target(f"queries, {mode}", most, queries[mode], False) for mode, most in ((WARM, 1), (COLD, 3))),
    ]


def main() -> None:
    """Measure, print, and end with 1 only when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench next")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measure in each round")
    parser.add_argument("--full-days", type=int, default=184, help="days from now on without a free half hour")
    options = parser.parse_args()
    with staged({"full": {"visits": 0, "full_days": options.full_days}}) as (stage, made):
        cabinet, answers = made["full"], Answers(stage)
        last = stage.sql(f"SELECT max(start)::date::text FROM {cabinet['schema']}.agenda_appointment")[0][0]
        asked = list(variants(stage, cabinet, answers, last))
        warm_up(stage, asked)
        queries = {
            mode: min(int(answers.ask(cabinet, f"{path}?{query_of(cabinet, 10)}").headers["Bench-Queries"]) for _ in range(12))
            for mode, path in COUNTED.items()
        }
        wait_until_quiet()
        rows = measure(stage, asked, options.rounds, options.seconds, answers.wrong)
    visits = 16 * options.full_days * 5 // 7
    lines = [f"about {visits} visits a practitioner; first free day after {last}; queries: {queries}"]
    conclude("next", stage, rows, targets(rows, queries), answers.wrong, lines, full_days=options.full_days, queries=queries)


if __name__ == "__main__":
    main()
