"""Several questions asked in turn, round after round, at several numbers of clients: what the measures have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.figures import Figures, figures_of, over_rounds
from bench.load import Load
from bench.stage import Stage

CLIENTS = (1, 4, 16)


@dataclass(frozen=True)
class Variant:
    """One thing asked: its name in the table, what is sent in turn, the status and the body that must come back."""

    name: str
    requests: tuple[bytes, ...]
    expected: bytes | None = None
    bodies: tuple[bytes, ...] = ()  # those of the requests one by one
    status: int = 200
    slow: bool = False  # a yard-stick that takes a hundred times longer: asked in one round only

    def load(self, stage: Stage, clients: int, seconds: float) -> Load:
        """The load that asks it."""
        return Load(stage.port, list(self.requests), clients, seconds, expected=self.expected, bodies=list(self.bodies))


def measure(
    stage: Stage, asked: Sequence[Variant], rounds: int, seconds: float, wrong: list[str], clients: Iterable[int] = CLIENTS
) -> dict[str, Figures]:
    """Every variant at every number of clients, interleaved; medians over the rounds. What must not be is added to `wrong`."""
    found: dict[str, list[Figures]] = {}
    for number in range(rounds):
        for count in clients:
            for variant in asked:
                if variant.slow and number:
                    continue
                outcome, cpu = stage.run(variant.load(stage, count, seconds))
                if outcome.wrong or set(outcome.latencies) != {variant.status}:
                    wrong.append(f"{variant.name} c={count}: {outcome.wrong} wrong, statuses {sorted(outcome.latencies)}")
                figures = figures_of(outcome.latencies.get(variant.status, []), outcome.seconds, cpu)
                found.setdefault(f"{variant.name} c={count}", []).append(figures)
    return {name: over_rounds(rows) for name, rows in found.items()}


def warm_up(stage: Stage, asked: Iterable[Variant], seconds: float = 0.3) -> None:
    """Ask everything once from many clients, so that every worker, thread and database session has answered each question."""
    for variant in asked:
        if not variant.slow:
            stage.run(variant.load(stage, 16, seconds))
    stage.other_cores.clear()
