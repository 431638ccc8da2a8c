"""Pointers follow their rows, in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from medidesk.due.models import DuePointer


def point(kind: str, references: Iterable[UUID], due_at: datetime) -> None:
    """Say that these rows of the entered cabinet are due at `due_at`; an earlier word about them is replaced."""
    DuePointer.objects.bulk_create(
        [DuePointer(schema=connection.schema_name, kind=kind, reference=reference, due_at=due_at) for reference in references],
        update_conflicts=True,
        unique_fields=["reference", "kind"],
        update_fields=["due_at"],
    )


def unpoint(kind: str, references: Sequence[UUID]) -> None:
    """Say that nothing more is to be done about these rows."""
    if references:
        DuePointer.objects.filter(kind=kind, reference__in=references).delete()


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
