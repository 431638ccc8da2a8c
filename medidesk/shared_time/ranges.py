"""Taking, giving back and reading people's time across cabinets.

Callers hold the person's lock (`lock_people`) from before they look until their transaction ends; the exclusion constraint has the
last word. Statements name the shared schema themselves: the entered cabinet does not matter to them.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from medidesk.db.constraints import constraint_raises
from medidesk.db.locks import lock_until_commit
from medidesk.shared_time.awaiting import call_those_who_wait, forget_awaited
from medidesk.shared_time.models import NEVER_IN_TWO

Minutes = tuple[int, int]
_TABLE, _VERSIONS = "public.shared_time_sharedtime", "public.shared_time_personversion"
_PURPOSE = b"medidesk.shared_time.person:"


@dataclass(frozen=True, slots=True)
class Claim:
    """One range of one person, for one visit or hold of the entered cabinet."""

    person: UUID
    reference: UUID
    span: Minutes
    expires_at: datetime | None = None


def person_key(rpps: str) -> UUID:
    """The opaque key of the person with this national number: the same in every cabinet, nothing without the platform's secret."""
    digest = hmac.new(settings.SECRET_KEY.encode(), _PURPOSE + rpps.encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16])


def lock_people(people: Iterable[UUID]) -> None:
    """Wait until no other cabinet looks at these people's time, until the transaction ends. After the cabinet's own locks."""
    lock_until_commit(people, everywhere=True)


def claim(claims: Sequence[Claim], taken: Exception) -> None:
    """Take these ranges; raises `taken` when another cabinet has one of them (the transaction is then lost)."""
    with constraint_raises(NEVER_IN_TWO, taken):
        _insert(claims, "")


def claim_what_is_free(claims: Sequence[Claim]) -> int:
    """Take those of the ranges that no other cabinet has; answers how many."""
    return _insert(claims, " ON CONFLICT DO NOTHING")


def _insert(claims: Sequence[Claim], otherwise: str) -> int:
    if not claims:
        return 0
    row = "(%s, %s, %s, int4range(%s, %s), %s)"
    values = [
        value for one in claims
        for value in (str(one.person), connection.schema_name, str(one.reference), *one.span, one.expires_at)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (person, schema, reference, span, expires_at) VALUES {', '.join([row] * len(claims))}{otherwise}", values
        )
        made = int(cursor.rowcount)
    bump({one.person for one in claims})
    return made


def release(references: Iterable[UUID]) -> None:
    """Give back what these visits or holds of the entered cabinet take; they wait for nothing any more."""
    ids = [str(one) for one in references]
    forget_awaited("schema = %s AND reference = ANY(%s::uuid[])", [connection.schema_name, ids])
    _delete("schema = %s AND reference = ANY(%s::uuid[])", [connection.schema_name, ids])


def extend(reference: UUID, expires_at: datetime) -> None:
    """A held time of the entered cabinet is held until then."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_TABLE} SET expires_at = %s WHERE schema = %s AND reference = %s RETURNING person",
            [expires_at, connection.schema_name, str(reference)],
        )
        held = {_uuid(person) for (person,) in cursor.fetchall()}
    if held:
        bump(held)


def release_all(schema: str, person: UUID | None = None) -> None:
    """Give back all that a cabinet takes, or all of one person there; nothing of it waits any more."""
    condition, values = "schema = %s" + (" AND person = %s" if person else ""), [schema, *([str(person)] if person else [])]
    forget_awaited(condition, values)
    _delete(condition, values)


def clear_expired(people: Iterable[UUID], window: Minutes, now: datetime) -> None:
    """Delete what other cabinets held for these people in the window and whose time is over."""
    _delete(
        "person = ANY(%s::uuid[]) AND span && int4range(%s, %s) AND expires_at <= %s AND schema <> %s",
        [[str(one) for one in people], *window, now, connection.schema_name],
    )


def _delete(condition: str, values: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE {condition} RETURNING person, schema, lower(span), upper(span)", values)
        gone = [(_uuid(person), schema, low, high) for person, schema, low, high in cursor.fetchall()]
    if gone:
        bump({person for person, *_where in gone})
        call_those_who_wait(gone)


def taken_elsewhere(people: Iterable[UUID], window: Minutes, now: datetime) -> list[tuple[UUID, Minutes, datetime | None]]:
    """What other cabinets take of these people's time in the window, held times that are over apart; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person, lower(span), upper(span), expires_at FROM {_TABLE} WHERE person = ANY(%s::uuid[]) AND schema <> %s"
            " AND span && int4range(%s, %s) AND (expires_at IS NULL OR expires_at > %s) ORDER BY span",
            [[str(one) for one in people], connection.schema_name, *window, now],
        )
        return [(_uuid(person), (low, high), expires_at) for person, low, high, expires_at in cursor.fetchall()]


def read_versions(people: Iterable[UUID]) -> dict[UUID, int]:
    """The version of each person whose time has ever been shared; one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person, number FROM {_VERSIONS} WHERE person = ANY(%s::uuid[])", [[str(one) for one in people]])
        return {_uuid(person): number for person, number in cursor.fetchall()}


def bump(people: Iterable[UUID]) -> None:
    """Make what every cabinet keeps of these people stale, with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_VERSIONS} (person, number) SELECT id, nextval('public.shared_time_number')"
            " FROM unnest(%s::uuid[]) AS id ON CONFLICT (person) DO UPDATE SET number = excluded.number",
            [sorted(str(one) for one in people)],
        )


def _uuid(value: UUID | str) -> UUID:
    """The id that a raw cursor answered, whichever way the driver gave it."""
    return value if isinstance(value, UUID) else UUID(value)
