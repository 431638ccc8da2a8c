"""Several acts, one message: a series, a family's visits, a day of absence are told to their patients once, by whoever did them.

Inside `told_together()` the acts on visits plan no message of their own but reminders; what an act makes untrue is withdrawn as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_quiet: ContextVar[bool] = ContextVar("acts_are_told_together", default=False)


@contextmanager
def told_together() -> Iterator[None]:
    """The acts inside are told to the patients by the caller, who plans one message per household in the same transaction."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def is_told_together() -> bool:
    """Does somebody else tell the patient of this act?"""
    return _quiet.get()
