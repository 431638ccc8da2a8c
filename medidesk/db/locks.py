"""Transaction-level advisory locks, taken in one order so that two takers never wait for each other."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection

from medidesk.db.prepared import run

Result = TypeVar("Result")
# SQLSTATE: deadlock detected, could not serialize. The transaction is undone whole, so that it may simply be run again.
_ANOTHER_TRY = {"40P01", "40001"}
_LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"


def _key(schema: str, thing: UUID) -> int:
    """A signed 64-bit key for one thing of one schema (a shared number only costs a needless wait)."""
    digest = hashlib.blake2b(schema.encode() + thing.bytes, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def lock_until_commit(things: Iterable[UUID], *, everywhere: bool = False) -> None:
    """Wait until nobody else holds any of `things`, then hold them until the transaction ends.

    They are things of the entered cabinet, or with `everywhere` of all cabinets together.
    """
    keys = _keys("" if everywhere else connection.schema_name, things)
    if keys:
        run((_LOCK, [keys]))


def ask_once_locked(things: Iterable[UUID], question: str, values: Sequence[Any]) -> list[tuple]:
    """Lock things of the entered cabinet, then ask: one turn for two statements, so that the answer is younger than the wait."""
    return run((_LOCK, [_keys(connection.schema_name, things)]), (question, values))


def _keys(schema: str, things: Iterable[UUID]) -> list[int]:
    return sorted({_key(schema, thing) for thing in things})


def again_after_deadlock(work: Callable[[], Result], *, tries: int = 3) -> Result:
    """Run `work`, which opens its own transaction, again when Postgres undid it to let another one pass."""
    for left in range(tries - 1, -1, -1):
        try:
            return work()
        except OperationalError as error:
            if left == 0 or connection.in_atomic_block or getattr(error.__cause__, "pgcode", None) not in _ANOTHER_TRY:
                raise
    raise AssertionError("unreachable")
