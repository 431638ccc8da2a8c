"""One line per step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print a line at once, even when the output is a pipe."""
    print(line, flush=True)


@contextmanager
def step(label: str, *, quiet: bool = False) -> Iterator[None]:
    """Print « label… 1,2 s » around the work, « label… échec » when it raises."""
    if quiet:
        yield
        return
    started = time.monotonic()
    print(f"{label}…", end=" ", flush=True)
    try:
        yield
    except BaseException:
        say("échec")
        raise
    say(f"{time.monotonic() - started:.1f} s".replace(".", ","))
