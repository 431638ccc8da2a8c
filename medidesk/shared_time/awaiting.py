"""Visits that wait for time which another cabinet has: they are called when it is given back.

Who gives time back writes, in its own transaction, due work for the cabinets that wait for it: the pointer holds their own opaque id.
What that work does is theirs to say (`register_work` of `WORK`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from medidesk import clock
from medidesk.due.bell import ring

WORK = "shared-time"
Minutes = tuple[int, int]
_TABLE = "public.shared_time_awaitedtime"
# In one order, as pointers are written by several at once.
_CALL = f"""
    INSERT INTO public.due_duepointer (schema, kind, reference, due_at)
    SELECT DISTINCT a.schema, %s, a.reference, %s::timestamptz
    FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::int[]) AS gone (person, schema, low, high)
    JOIN {_TABLE} a ON a.person = gone.person AND a.schema <> gone.schema AND a.span && int4range(gone.low, gone.high)
    ORDER BY 3
    ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at
    RETURNING schema
"""


def await_turn(claims: Iterable[tuple[UUID, UUID, Minutes]]) -> None:
    """Call this cabinet's visits, (person, own id, minutes), when another one gives some of that time back."""
    with connection.cursor() as cursor:
        for person, reference, (low, high) in claims:
            cursor.execute(
                f"INSERT INTO {_TABLE} (person, schema, reference, span) VALUES (%s, %s, %s, int4range(%s, %s))"
                " ON CONFLICT (schema, reference, person) DO UPDATE SET span = EXCLUDED.span",
                [str(person), connection.schema_name, str(reference), low, high],
            )


def forget_awaited(condition: str, values: Sequence[object]) -> None:
    """Nobody waits any more for what the condition names."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE {condition}", values)


def call_those_who_wait(gone: Sequence[tuple[UUID, str, int, int]]) -> None:
    """These ranges, (person, cabinet, first minute, end), were given back: whoever waits for some of them in another cabinet is due."""
    people, schemas, lows, highs = zip(*gone, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_CALL, [WORK, clock.now(), [str(one) for one in people], list(schemas), list(lows), list(highs)])
        called = {schema for (schema,) in cursor.fetchall()}
    for schema in sorted(called):
        ring(WORK, schema)


def called(now: datetime) -> list[tuple[UUID, datetime]]:
    """Which of the entered cabinet's visits were called by `now`, and when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reference, due_at FROM public.due_duepointer WHERE schema = %s AND kind = %s AND due_at <= %s ORDER BY due_at, id",
            [connection.schema_name, WORK, now],
        )
        return [(one if isinstance(one, UUID) else UUID(one), at) for one, at in cursor.fetchall()]


def answered(calls: Iterable[tuple[UUID, datetime]]) -> None:
    """These calls were looked after; one that came again meanwhile stands. Outside of any transaction that locks people's time."""
    with connection.cursor() as cursor:
        for reference, at in calls:
            cursor.execute(
                "DELETE FROM public.due_duepointer WHERE kind = %s AND reference = %s AND due_at = %s", [WORK, str(reference), at]
            )
