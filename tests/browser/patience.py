"""How long a test waits, and the moments that are measured.

A wait that is no promise of the product is generous. What the product promises in seconds is measured and printed; the best of
three tries counts, for machines are busy with other things; one that is always slow says so by MEDIDESK_SLOW_MACHINE (a factor).
"""

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SLOW_MACHINE = float(os.environ.get("MEDIDESK_SLOW_MACHINE", "1"))
GENEROUS_SECONDS = 30 * SLOW_MACHINE
TRIES = 3

measures: list[str] = []


def eventually(look: Callable[[], T], *, seconds: float = GENEROUS_SECONDS) -> T:
    """What `look` answers as soon as it is true. Raises AssertionError when it stays false."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds:.0f} s"
        time.sleep(0.1)
    return seen


def within(seconds: float, what: str, act: Callable[[], float]) -> None:
    """Assert that `act`, which can be done again, needs at most so many seconds by its own measure."""
    took = _measured(what, act)
    for number in range(2, TRIES + 1):
        if took > seconds * SLOW_MACHINE:
            took = _measured(f"{what} (try {number})", act)
    assert took <= seconds * SLOW_MACHINE


def _measured(what: str, act: Callable[[], float]) -> float:
    took = act()
    measures.append(f"{what}: {took * 1000:.0f} ms (load {os.getloadavg()[0]:.1f})")
    return took
