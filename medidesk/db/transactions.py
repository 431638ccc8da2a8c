"""An act is done as a whole or not at all, also inside a greater transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction

Verb = TypeVar("Verb", bound=Callable[..., Any])

_undone_with_all: ContextVar[bool] = ContextVar("act_is_undone_with_all", default=False)


@contextmanager
def undone_with_all(promised: bool = True) -> Iterator[None]:
    """The caller promises that whatever fails inside ends the transaction around it: the first act inside needs no savepoint."""
    token = _undone_with_all.set(promised)
    try:
        yield
    finally:
        _undone_with_all.reset(token)


def act(verb: Verb) -> Verb:
    """Run the verb in a transaction; inside another one under a savepoint, so that the caller may go on after a refusal."""

    @wraps(verb)
    def whole(*given: Any, **named: Any) -> Any:
        needs_savepoint = not _undone_with_all.get()
        with undone_with_all(False), transaction.atomic(savepoint=needs_savepoint):
            return verb(*given, **named)

    return cast(Verb, whole)
