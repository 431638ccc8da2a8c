"""Free times and bookings in turn over one, a hundred, a thousand cabinets: what the number of cabinets costs, in time and in memory."""

import argparse
from itertools import islice

from bench.answers import Answers
from bench.booking import Desk, free_times
from bench.figures import Figures, Target, figures_of, over_rounds
from bench.load import Load, get
from bench.memory import backends
from bench.report import conclude
from bench.rounds import Variant, measure, warm_up
from bench.slots import query_of
from bench.stage import Stage, staged, wait_until_quiet

CLIENTS = (1, 4)
SIZES = (1, 100, 1000)
FILLED = {"visits": 40, "practitioners": 2, "patients": 20}  # of each cabinet
MOST_MEGABYTES, TENANCY_MS, SLOWER = 60, 0.12, 1.25


def sizes_up_to(cabinets: int) -> list[int]:
    """The numbers of cabinets measured: the usual ones below `cabinets`, and it."""
    return [*(size for size in SIZES if size < cabinets), cabinets]


def needed(house: int, cabinets: int, bookings: int) -> int:
    """How many free times a cabinet needs where `bookings` go once to each number of cabinets, in turn from the first cabinet on."""
    return sum(len(range(house, bookings, size)) for size in sizes_up_to(cabinets) if house < size)


class Houses:
    """The cabinets, and a desk in each from which bookings are sent."""

    def __init__(self, stage: Stage, made: dict[str, dict], answers: Answers, bookings: int, times: int) -> None:
        self.stage, self.answers = stage, answers
        self.all = list(made.values())
        wanted = [times * needed(n, len(made), bookings) for n in range(len(made))]
        self.desks = [Desk(stage, one, islice(free_times(answers, one), wanted[n]), n) for n, one in enumerate(self.all)]
        self.booked = [0] * len(self.all)

    def reads(self, size: int) -> list[Variant]:
        """The floor and the free times of the first `size` cabinets, one after the other."""
        houses = self.all[:size]
        floors = [get(self.stage.port, one["host"], f"/bench/floor1?id={one['visit']}") for one in houses]
        asked = [f"/api/v1/slots?{query_of(one, 1)}" for one in houses]
        slots = [get(self.stage.port, one["host"], path, one["key"]) for one, path in zip(houses, asked, strict=True)]
        bodies = [self.answers.ask(one, path).body for one, path in zip(houses, asked, strict=True)]
        self.answers.wrong += strangers(houses, bodies)
        return [
            Variant(f"floor1 {size} cab.", tuple(floors)),
            Variant(f"slots {size} cab.", tuple(slots), bodies=tuple(bodies)),
        ]

    def bookings(self, size: int, count: int) -> list[bytes]:
        """So many bookings on times of their own, in turn in the first `size` cabinets."""
        wanted = [n % size for n in range(count)]
        for house in wanted:
            self.booked[house] += 1
        return [self.desks[house].request(*self.desks[house].times.pop()) for house in wanted]

    def check(self, before: list[int]) -> list[str]:
        """What is wrong with the rows: every cabinet has its own bookings, no more and no fewer."""
        found = [after - first for after, first in zip(self.counts(), before, strict=True)]
        return misplaced(self.booked, found)

    def counts(self) -> list[int]:
        """The visits of each cabinet."""
        return [self.stage.sql(f"SELECT count(*) FROM {one['schema']}.agenda_appointment")[0][0] for one in self.all]


def strangers(houses: list[dict], bodies: list[bytes]) -> list[str]:
    """Cabinets whose answer does not name their own practitioner, or names anybody else's."""
    own = {one["host"]: {name.encode() for name in one["practitioners"]} for one in houses}
    everybody = set().union(*own.values())
    if len(houses) > SIZES[1]:
        everybody = set()  # the hundred first have told whether anything leaks; a million comparisons would say no more
    wrong = []
    for one, body in zip(houses, bodies, strict=True):
        if not any(name in body for name in own[one["host"]]) or any(name in body for name in everybody - own[one["host"]]):
            wrong.append(f"{one['host']}: the free times are not its own")
    return wrong


def misplaced(sent: list[int], found: list[int]) -> list[str]:
    """Cabinets that have another number of new visits than were booked in them."""
    return [
        f"cabinet {n}: {there} visits for {here} bookings" for n, (here, there) in enumerate(zip(sent, found, strict=True)) if here != there
    ]


def book(houses: Houses, sizes: list[int], rounds: int, count: int, wrong: list[str]) -> dict[str, Figures]:
    """Bookings at each number of cabinets and clients, interleaved."""
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        for clients in CLIENTS:
            for size in sizes:
                load = Load(houses.stage.port, houses.bookings(size, count), clients, 120.0, again=False)
                outcome, cpu = houses.stage.run(load)
                if set(outcome.latencies) != {201}:
                    wrong.append(f"booking {size} cab. c={clients}: { {status: len(all_) for status, all_ in outcome.latencies.items()} }")
                figures = figures_of(outcome.latencies.get(201, []), outcome.seconds, cpu)
                found.setdefault(f"booking {size} cab. c={clients}", []).append(figures)
    return {name: over_rounds(figures) for name, figures in found.items()}


def targets(rows: dict[str, Figures], sizes: list[int], megabytes: float) -> list[Target]:
    """The project's: p95 against one cabinet, CPU of tenancy, memory of a session."""

    def slower(work: str, size: int) -> float:
        return max(rows[f"{work} {size} cab. c={c}"].p95 / rows[f"{work} 1 cab. c={c}"].p95 for c in CLIENTS)

    def tenancy(size: int) -> float:
        return max(rows[f"floor1 {size} cab. c={c}"].cpu_ms - rows[f"no cabinet c={c}"].cpu_ms for c in CLIENTS)

    return [
        *(
            Target(f"p95, {work}, {size} cabinets / one", SLOWER, slower(work, size), False)
            for work in ("slots", "booking")
            for size in sizes[1:]
        ),
        *(Target(f"CPU of tenancy a request, ms, {size} cabinets", TENANCY_MS, tenancy(size), False) for size in sizes),
        Target("private MB of the largest session of Postgres", MOST_MEGABYTES, megabytes, False),
    ]


def main() -> None:
    """Measure, print, and end with 1 only when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="run.py bench cabinets")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each read in each round")
    parser.add_argument("--bookings", type=int, default=200, help="at each number of cabinets and clients, in each round")
    parser.add_argument("--cabinets", type=int, default=1000)
    options = parser.parse_args()
    sizes, memory = sizes_up_to(options.cabinets), {}
    with staged({f"c{n}": FILLED for n in range(options.cabinets)}) as (stage, made):
        answers = Answers(stage)
        houses = Houses(stage, made, answers, options.bookings, times=len(CLIENTS) * options.rounds)
        first, before = houses.all[0], houses.counts()
        nobody = f"/bench/floor1-of-nobody?id={first['visit']}&schema={first['schema']}"
        asked = [Variant("no cabinet", (get(stage.port, "localhost", nobody),))]
        for size in sizes:
            asked += houses.reads(size)
            warm_up(stage, asked[-2:], seconds=max(0.5, size / 200))
            memory[size] = backends(stage)[0]
        wait_until_quiet()
        rows = measure(stage, asked, options.rounds, options.seconds, answers.wrong, CLIENTS)
        rows |= book(houses, sizes, options.rounds, options.bookings, answers.wrong)
        answers.wrong += houses.check(before)
        memory["all, after bookings"] = backends(stage)[0]
    judged = targets(rows, sizes, max(memory.values()))
    lines = ["private MB of the largest session, by cabinets: " + ", ".join(f"{size}: {there:.1f}" for size, there in memory.items())]
    conclude("cabinets", stage, rows, judged, answers.wrong, lines, cabinets=options.cabinets, megabytes=memory)


if __name__ == "__main__":
    main()
