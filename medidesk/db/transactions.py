"""An act is done as a whole or not at all, also inside a greater transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import IntegrityError, connection, transaction

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


@contextmanager
def as_a_whole(*, savepoint: bool = True) -> Iterator[None]:
    """A transaction, or a savepoint of the one around, at whose end nothing is left for later; the outermost sends that with its COMMIT.

    Raises what breaking a constraint means, where somebody has said so.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
            if savepoint and connection.savepoint_ids:
                connection.send_held()
    except IntegrityError as problem:
        if (meaning := connection.meaning_of(problem)) is None:
            raise
        raise meaning from problem


def act(verb: Verb) -> Verb:
    """Run the verb in a transaction; inside another one under a savepoint, so that the caller may go on after a refusal."""

    @wraps(verb)
    def whole(*given: Any, **named: Any) -> Any:
        needs_savepoint = not _undone_with_all.get()
        with undone_with_all(False), as_a_whole(savepoint=needs_savepoint):
            return verb(*given, **named)

    return cast(Verb, whole)
