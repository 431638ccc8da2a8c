"""From answers to figures: percentiles, medians over rounds, the table for people and the line for machines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figures:
    """One measure: answers a second, percentiles of the latency in milliseconds, CPU of the servers per answer in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    count: int


def percentile(values: Sequence[int], share: float) -> float:
    """The smallest value not below `share` of them (nearest rank); 0 for none."""
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))]) if ordered else 0.0


def figures_of(latencies_ns: Sequence[int], seconds: float, cpu_seconds: float) -> Figures:
    """The figures of one round."""
    count = len(latencies_ns)
    p50, p95, p99 = (percentile(latencies_ns, share) / 1e6 for share in (0.50, 0.95, 0.99))
    return Figures(count / seconds if seconds else 0.0, p50, p95, p99, cpu_seconds * 1000 / count if count else 0.0, count)


def over_rounds(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure over the rounds; the answers of all of them."""
    rate, p50, p95, p99, cpu = (median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p95", "p99", "cpu_ms"))
    return Figures(rate, p50, p95, p99, cpu, sum(one.count for one in rounds))


@dataclass(frozen=True)
class Target:
    """A target of the project, what was measured, and whether it is met: times are compared inside one run only."""

    name: str
    wanted: float
    measured: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Is it?"""
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def line(self) -> str:
        """For people."""
        return f"{'✓' if self.met else '✗'} {self.name}: {self.measured:.2f} ({'≥' if self.at_least else '≤'} {self.wanted:g})"


def table(rows: Mapping[str, Figures]) -> str:
    """One line per measure."""
    width = max((len(name) for name in rows), default=0)
    lines = [f"{'':{width}}  {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>7} {'answers':>8}"]
    lines += [
        f"{name:{width}}  {one.rate:8.0f} {one.p50:8.2f} {one.p95:8.2f} {one.p99:8.2f} {one.cpu_ms:7.2f} {one.count:8d}"
        for name, one in rows.items()
    ]
    return "\n".join(lines)


def json_line(bench: str, rows: Mapping[str, Figures], targets: Sequence[Target], **facts: Any) -> str:
    """The last line of a measure."""
    shown = {name: {key: round(value, 3) for key, value in asdict(one).items()} for name, one in rows.items()}
    judged = [{"name": one.name, "wanted": one.wanted, "measured": round(one.measured, 3), "met": one.met} for one in targets]
    return json.dumps({"bench": bench, **facts, "targets": judged, "rows": shown}, ensure_ascii=False)
