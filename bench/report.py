"""How a measure ends: the table and the targets for people, one JSON line for machines, exit 1 only for a wrong answer."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from bench.figures import Figures, Target, json_line, table
from bench.stage import Stage


def conclude(
    bench: str, stage: Stage, rows: Mapping[str, Figures], targets: Sequence[Target], wrong: Sequence[str], lines: Sequence[str] = (),
    **facts: Any,
) -> NoReturn:  # fmt: skip
    """Print and end."""
    others = sum(stage.other_cores) / len(stage.other_cores) if stage.other_cores else 0.0
    print(table(rows))
    print("\n" + "\n".join([*(one.line() for one in targets), *lines]))
    print(f"other work on the machine: {others:.2f} cores" + "".join(f"\nWRONG: {one}" for one in wrong))
    print(json_line(bench, rows, targets, wrong=list(wrong), other_cores=round(others, 2), **facts))
    sys.exit(1 if wrong else 0)
