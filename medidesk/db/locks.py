"""Transaction-level advisory locks, taken in one order so that two takers never wait for each other."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def _key(schema: str, thing: UUID) -> int:
    """A signed 64-bit key for one thing of one schema (a shared number only costs a needless wait)."""
    digest = hashlib.blake2b(schema.encode() + thing.bytes, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def lock_until_commit(things: Iterable[UUID]) -> None:
    """Wait until nobody else holds any of `things`, then hold them until the transaction ends."""
    keys = sorted({_key(connection.schema_name, thing) for thing in things})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])
