"""GET /api/v1/slots: four weeks of free times, against the floors and the naive view, warm and cold."""

import argparse
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from bench.answers import Answers
from bench.figures import Figures, Target
from bench.load import get
from bench.report import conclude
from bench.rounds import CLIENTS, Variant, measure, warm_up
from bench.stage import Stage, staged, wait_until_quiet

VISITS = (500, 5000)
WARM, COLD, NAIVE = "warm", "cold", "naive"
PATHS = {WARM: "/api/v1/slots", COLD: "/api/bench/cold-slots", NAIVE: "/bench/naive-slots"}
COUNTED = {WARM: "/bench/counted-slots", COLD: "/bench/counted-cold-slots"}


class SlotAnswers(Answers):
    """Compares the doors' answers."""

    def agree(self, cabinet: dict, label: str, query: str) -> bytes:
        """The real door's body, the same warm, cold and by the naive view; a difference is noted."""
        bodies = {mode: self.ask(cabinet, f"{path}?{query}").body for mode, path in PATHS.items()}
        if not json.loads(bodies[WARM]).get("practitioners") or len({json.dumps(json.loads(body)) for body in bodies.values()}) != 1:
            self.wrong.append(label)
        return bodies[WARM]

    def queries(self, cabinet: dict, mode: str, query: str) -> int:
        """How many queries the door makes."""
        return int(self.ask(cabinet, f"{COUNTED[mode]}?{query}").headers["Bench-Queries"])


def query_of(cabinet: dict, practitioners: int) -> str:
    """The measured question: 28 days, one practitioner or all ten."""
    asked = {"visit_reason": cabinet["reason"], "from": cabinet["from"], "to": cabinet["to"]}
    return urlencode(asked | ({"practitioner": cabinet["practitioners"][0]} if practitioners == 1 else {}))


def variants(stage: Stage, made: dict, answers: SlotAnswers) -> Iterator[Variant]:
    """Floors, then the door and the naive view for each number of practitioners and visits."""
    small = made["v500"]
    for name in ("floor0", "floor1", "floor1-key"):
        key = small["key"] if name.endswith("key") else ""
        yield Variant(name, (get(stage.port, small["host"], f"/bench/{name}?id={small['visit']}", key),))
    for visits in VISITS:
        cabinet = made[f"v{visits}"]
        for practitioners in (1, 10):
            query = query_of(cabinet, practitioners)
            expected = answers.agree(cabinet, f"{practitioners}p {visits}", query)
            for mode, path in PATHS.items():
                request = get(stage.port, cabinet["host"], f"{path}?{query}", cabinet["key"])
                yield Variant(f"{mode} {practitioners}p {visits}", (request,), expected, slow=mode == NAIVE)


def targets(rows: dict[str, Figures], queries: dict[str, int]) -> list[Target]:
    """The project's targets, each a ratio inside this run, at its worst number of clients or visits."""

    def worst(ratio: Callable[[int, int], float], lowest: bool) -> float:
        ratios = [ratio(clients, visits) for clients in CLIENTS for visits in VISITS]
        return min(ratios) if lowest else max(ratios)

    def rate(mode: str) -> float:
        return worst(lambda c, n: rows[f"{mode} 1p {n} c={c}"].rate / rows[f"floor1 c={c}"].rate, True)

    def naive(p: int) -> float:
        return worst(lambda c, n: rows[f"naive {p}p {n} c={c}"].p95 / rows[f"warm {p}p {n} c={c}"].p95, True)

    def history(p: int) -> float:
        return max(rows[f"warm {p}p 5000 c={c}"].p95 / rows[f"warm {p}p 500 c={c}"].p95 for c in CLIENTS)

    ten = worst(lambda c, n: rows[f"warm 10p {n} c={c}"].cpu_ms / rows[f"warm 1p {n} c={c}"].cpu_ms, False)
    return [
        Target("throughput, warm, 1 practitioner / floor1", 0.75, rate(WARM), True),
        Target("throughput, cold, 1 practitioner / floor1", 0.50, rate(COLD), True),
        Target("CPU of 10 practitioners / of 1, warm", 2.0, ten, False),
        Target("p95 of the naive view / ours, 1 practitioner", 20, naive(1), True),
        Target("p95 of the naive view / ours, 10 practitioners", 100, naive(10), True),
        Target("p95 with 5000 visits / with 500, 1 practitioner", 1.15, history(1), False),
        Target("p95 with 5000 visits / with 500, 10 practitioners", 1.15, history(10), False),
        *(Target(f"queries, {mode}: most - fewest", 0, _spread(queries, mode), False) for mode in COUNTED),
    ]


def by_cpu(rows: dict[str, Figures]) -> dict[str, float]:
    """floor1 / ours in CPU: the same question as the throughput's, hardly moved by what else the machine does."""

    def ratio(mode: str) -> float:
        return min(rows[f"floor1 c={c}"].cpu_ms / rows[f"{mode} 1p {n} c={c}"].cpu_ms for c in CLIENTS for n in VISITS)

    return {mode: round(ratio(mode), 2) for mode in (WARM, COLD)}


def _spread(queries: dict[str, int], mode: str) -> int:
    counts = [count for name, count in queries.items() if name.startswith(mode)]
    return max(counts) - min(counts)


def count_queries(made: dict, answers: SlotAnswers) -> dict[str, int]:
    """The queries of the door, by mode, practitioners and visits; asked until every process has its set-up in hand."""
    counts: dict[str, int] = {}
    for mode in COUNTED:
        for visits in VISITS:
            for practitioners in (1, 10):
                cabinet = made[f"v{visits}"]
                asked = [answers.queries(cabinet, mode, query_of(cabinet, practitioners)) for _ in range(12)]
                counts[f"{mode} {practitioners}p {visits}"] = min(asked)
    return counts


def main() -> None:
    """Measure, print, and end with 1 only when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench slots")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measure in each round")
    options = parser.parse_args()
    with staged({f"v{visits}": {"visits": visits} for visits in VISITS}) as (stage, made):
        answers = SlotAnswers(stage)
        asked = list(variants(stage, made, answers))
        warm_up(stage, asked)
        queries = count_queries(made, answers)
        wait_until_quiet()
        rows = measure(stage, asked, options.rounds, options.seconds, answers.wrong)
    lines = [
        "queries: " + ", ".join(f"{name}: {count}" for name, count in queries.items()),
        "CPU of floor1 / ours, 1 practitioner, worst: " + ", ".join(f"{mode} {share:.2f}" for mode, share in by_cpu(rows).items()),
    ]
    facts = {"rounds": options.rounds, "seconds": options.seconds, "queries": queries, "by_cpu": by_cpu(rows)}
    conclude("slots", stage, rows, targets(rows, queries), answers.wrong, lines, **facts)


if __name__ == "__main__":
    main()
