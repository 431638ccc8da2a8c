"""Pointers follow their rows, in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

_POINT = (
    "INSERT INTO due_duepointer (schema, kind, reference, due_at) SELECT %s, %s, reference, %s FROM unnest(%s::uuid[]) AS reference"
    " ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at"
)


def point(kind: str, references: Iterable[UUID], due_at: datetime) -> None:
    """Say that these rows of the entered cabinet are due at `due_at`; an earlier word about them is replaced."""
    with connection.cursor() as cursor:
        cursor.execute(_POINT, [connection.schema_name, kind, due_at, [str(one) for one in references]])


def unpoint(kind: str, references: Sequence[UUID]) -> None:
    """Say that nothing more is to be done about these rows."""
    if references:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM due_duepointer WHERE kind = %s AND reference = ANY(%s::uuid[])", [kind, [str(one) for one in references]]
            )


def cabinets_due(now: datetime) -> list[tuple[str, str]]:
    """The (kind, schema) pairs of open cabinets that have something due, soonest first; pointers of vanished cabinets go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM due_duepointer p WHERE due_at <= %s AND NOT EXISTS"
            " (SELECT 1 FROM cabinets_cabinet c WHERE c.schema_name = p.schema)",
            [now],
        )
        cursor.execute(
            "SELECT p.kind, p.schema FROM due_duepointer p JOIN cabinets_cabinet c ON c.schema_name = p.schema"
            " WHERE p.due_at <= %s AND c.status = 'open' GROUP BY 1, 2 ORDER BY min(p.due_at)",
            [now],
        )
        return cursor.fetchall()
