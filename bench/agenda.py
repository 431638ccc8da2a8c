"""The agenda of a day and of a week, sixty visits a practitioner-day: as JSON against the naive view, as a page, unchanged (304)."""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bench.answers import Answered, Answers
from bench.data import FIRST
from bench.figures import Figures, Target
from bench.load import get
from bench.report import conclude
from bench.rounds import CLIENTS, Variant, measure, warm_up
from bench.stage import Stage, staged, wait_until_quiet

WARM, COLD, NAIVE = "warm", "cold", "naive"
PATHS = {WARM: "/api/v1/agenda", COLD: "/bench/cold-agenda", NAIVE: "/bench/naive-agenda"}
SPANS = {"day": 1, "week": 7}
PAGE = f"/agenda/jour/{FIRST}"
EMPTY_DAY = FIRST - timedelta(days=1)  # a Sunday: nobody works, nobody has a visit
_SHOWN = re.compile(r'<li class="visit[ "][^>]*? data-id="([^"]+)"')


def query_of(span: str) -> str:
    """The days asked for, everybody's."""
    return f"from={FIRST}&to={FIRST + timedelta(days=SPANS[span])}"


def disagreement(label: str, bodies: dict[str, bytes], visits: int) -> list[str]:
    """What is wrong with the JSON: every door must give the naive view's rows, as many as there are visits."""
    read = {mode: json.loads(body) for mode, body in bodies.items()}
    wrong = [f"{label}: {mode} differs from the naive view" for mode in read if read[mode] != read[NAIVE]]
    rows = len(read[NAIVE].get("results", ()))
    return wrong + ([f"{label}: {rows} rows for {visits} visits"] if rows != visits else [])


def page_flaws(html: str, ids: set[str]) -> list[str]:
    """What is wrong with a page that should show these visits, each once."""
    shown = Counter(_SHOWN.findall(html))
    flaws = [f"page: {len(ids - set(shown))} visits missing, {len(set(shown) - ids)} strange"] if set(shown) != ids else []
    return flaws + [f"page: {name} shown {count} times" for name, count in shown.items() if count > 1]


class AgendaAnswers(Answers):
    """Asks as a partner and as somebody at the desk."""

    def page(self, cabinet: dict, path: str) -> Answered:
        """A page of the desk."""
        return self.ask(cabinet, path, Authorization="", Cookie=cabinet["cookie"])

    def queries(self, cabinet: dict) -> dict[str, int]:
        """The queries of each door with few and with many rows, once every process has its set-up in hand."""

        def least(path: str) -> int:
            asked = (self.ask(cabinet, path, Cookie=cabinet["cookie"]) for _ in range(12))
            return min(int(one.headers["Bench-Queries"]) for one in asked)

        json_queries = {f"{mode} {span}": least(f"/bench/counted{_door(mode)}?{query_of(span)}") for mode in (WARM, COLD) for span in SPANS}
        return json_queries | {f"page {name}": least(f"/bench/counted-day/{day}") for name, day in (("empty", EMPTY_DAY), ("full", FIRST))}


def _door(mode: str) -> str:
    return "-agenda" if mode == WARM else "-cold-agenda"


def variants(stage: Stage, cabinet: dict, answers: AgendaAnswers) -> Iterator[Variant]:
    """The floors, JSON by each way, the unchanged answer, the page."""
    yield Variant("floor1", (get(stage.port, cabinet["host"], f"/bench/floor1?id={cabinet['visit']}"),))
    for span, days in SPANS.items():
        asked = {mode: answers.ask(cabinet, f"{path}?{query_of(span)}") for mode, path in PATHS.items()}
        ids = visit_ids(stage, cabinet, days)
        answers.wrong += disagreement(span, {mode: one.body for mode, one in asked.items()}, len(ids))
        for mode, path in PATHS.items():
            request = get(stage.port, cabinet["host"], f"{path}?{query_of(span)}", cabinet["key"])
            yield Variant(f"{mode} {span}", (request,), asked[mode].body, slow=mode == NAIVE)
        held = asked[WARM].headers["ETag"]
        request = get(stage.port, cabinet["host"], f"{PATHS[WARM]}?{query_of(span)}", cabinet["key"], If_None_Match=held)
        yield Variant(f"304 {span}", (request,), b"", status=304)
    page = answers.page(cabinet, PAGE)
    answers.wrong += page_flaws(page.body.decode(), visit_ids(stage, cabinet, 1))
    yield Variant("page day", (get(stage.port, cabinet["host"], PAGE, Cookie=cabinet["cookie"]),))


def visit_ids(stage: Stage, cabinet: dict, days: int) -> set[str]:
    """The numbers of the visits of the first days of the window, as Postgres knows them."""
    sql = f"SELECT number::text FROM {cabinet['schema']}.agenda_appointment WHERE start >= %s AND start < %s"
    return {one for (one,) in stage.sql(sql, [f"{FIRST} 00:00+01", f"{FIRST + timedelta(days=days)} 00:00+01"])}


def targets(rows: dict[str, Figures], queries: dict[str, int]) -> list[Target]:
    """The project's, at the worst number of clients."""

    def share(name: str, of: str) -> float:
        return min(rows[f"{name} c={c}"].rate / rows[f"{of} c={c}"].rate for c in CLIENTS)

    grown = max(queries[f"{mode} week"] - queries[f"{mode} day"] for mode in (WARM, COLD))
    return [
        Target("throughput, week as JSON, cold / the naive view", 10, share("cold week", "naive week"), True),
        Target("throughput, week as JSON, warm / floor1", 0.20, share("warm week", "floor1"), True),
        Target("throughput, 304 / floor1", 0.85, min(share(f"304 {span}", "floor1") for span in SPANS), True),
        Target("p95 of the page of a day, ms, 1 client", 60, rows["page day c=1"].p95, False),
        Target("queries, JSON: of a week - of a day", 0, grown, False),
        Target("queries, page: of a full day - of an empty one", 0, queries["page full"] - queries["page empty"], False),
    ]


def main() -> None:
    """Measure, print, and end with 1 only when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench agenda")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measure in each round")
    parser.add_argument("--practitioners", type=int, default=10)
    options = parser.parse_args()
    with staged({"crowd": {"visits": 0, "crowded_days": 7, "practitioners": options.practitioners}}, pages=True) as (stage, made):
        cabinet, answers = made["crowd"], AgendaAnswers(stage)
        asked = list(variants(stage, cabinet, answers))
        warm_up(stage, asked)
        queries = answers.queries(cabinet)
        weight = len(gzip.compress(answers.page(cabinet, PAGE).body, 6))
        wait_until_quiet()
        rows = measure(stage, asked, options.rounds, options.seconds, answers.wrong)
    shown = ", ".join(f"{name}: {count}" for name, count in queries.items())
    lines = [
        f"queries: {shown}",
        "p95 of the page, ms: " + ", ".join(f"{rows[f'page day c={c}'].p95:.0f} (c={c})" for c in CLIENTS),
        f"page of {60 * options.practitioners} visits: {weight / 1000:.1f} kB gz",
    ]
    facts = {"queries": queries, "page_gz_bytes": weight, "visits_a_day": 60 * options.practitioners}
    conclude("agenda", stage, rows, targets(rows, queries), answers.wrong, lines, **facts)


if __name__ == "__main__":
    main()
