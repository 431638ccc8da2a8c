"""Who works in place of whom, as plain values of the schedule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.models import Substitution


@dataclass(frozen=True, slots=True)
class Replacement:
    """One substitution that was not ended before its day; the days are the cabinet's, both included."""

    practitioner_id: UUID
    practitioner_name: str
    title: str
    last_name: str
    substitute_id: UUID
    substitute_name: str
    first_day: date
    last_day: date

    def holds_on(self, day: date) -> bool:
        """Is the substitute here in the other's place that day?"""
        return self.first_day <= day <= self.last_day


def read_replacements() -> tuple[Replacement, ...]:
    """All that stand, whatever their days; one query."""
    alive = {"deleted_at": None, "ended_at": None, "practitioner__deleted_at": None, "substitute__deleted_at": None}
    rows = Substitution.objects.filter(**alive).select_related("practitioner", "substitute").order_by("first_day", "last_day", "id")
    return tuple(_plain(row) for row in rows)


def _plain(row: Substitution) -> Replacement:
    who = row.practitioner
    return Replacement(
        who.id, who.name, who.title, who.last_name, row.substitute_id, row.substitute.name, row.first_day, row.last_day
    )  # fmt: skip


def replacing(rows: Iterable[Replacement], practitioner_id: UUID, day: date) -> list[Replacement]:
    """Those who work in this practitioner's place that day."""
    return [one for one in rows if one.practitioner_id == practitioner_id and one.holds_on(day)]


def replaced_by(rows: Iterable[Replacement], substitute_id: UUID, day: date) -> list[Replacement]:
    """Those in whose place this practitioner works that day."""
    return [one for one in rows if one.substitute_id == substitute_id and one.holds_on(day)]
