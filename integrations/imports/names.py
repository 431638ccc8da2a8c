"""Whom and what the texts of a file mean here: practitioners and reasons recognised by their names, the rest left to a person."""

from collections.abc import Iterable, Mapping
from typing import Any

from rapidfuzz.distance import JaroWinkler

from agenda.models import Practitioner, VisitReason
from integrations.imports.reading import Table
from integrations.models.imports import ImportKind
from patients.traits import plain

MOST_TEXTS = 60
_LIKE = 0.94
_TITLES = {"dr", "docteur", "pr", "professeur", "m", "mme", "mr", "monsieur", "madame", "agenda", "de", "du"}


def texts_of(table: Table, column: int | None) -> dict[str, str]:
    """{plain text: as first written} of a column, at most MOST_TEXTS of them, in the order of the file."""
    found: dict[str, str] = {}
    if column is not None:
        for row in table.rows:
            if (text := row.cells[column]) and plain(text) not in found:
                found[plain(text)] = text
                if len(found) == MOST_TEXTS:
                    break
    return found


def guess_people(mapping: Mapping[str, Any], kind: str, table: Table) -> dict[str, Any]:
    """The mapping with who and what each text of the file is, where that was not said: {plain text: id, or nothing}."""
    if kind != ImportKind.VISITS:
        return {"columns": dict(mapping["columns"])}
    columns = mapping["columns"]
    people = {str(one.id): _bare(f"{one.first_name} {one.last_name}") for one in Practitioner.objects.filter(deleted_at=None)}
    reasons: dict[str, str] = {}
    for reason in VisitReason.objects.filter(deleted_at=None).order_by("created_at", "id"):
        for name in (reason.name, reason.internal_name):
            reasons.setdefault(plain(name), str(reason.id))
    said_people, said_reasons = mapping.get("practitioners", {}), mapping.get("reasons", {})
    return {
        "columns": dict(columns),
        "practitioners": {
            text: said_people.get(text, _person(text, people)) for text in texts_of(table, columns.get("practitioner"))
        },
        "reasons": {text: said_reasons.get(text, reasons.get(text, "")) for text in texts_of(table, columns.get("reason"))},
        "practitioner": mapping.get("practitioner", next(iter(people)) if len(people) == 1 else ""),
        "duration": mapping.get("duration", 30),
    }  # fmt: skip


def _person(text: str, people: Mapping[str, set[str]]) -> str:
    """The one practitioner whose last and first name stand in that text, or whose name alone is that text; nothing when unsure."""
    words = _bare(text)
    whole = [one for one, names in people.items() if _within(names, words)]
    some = [one for one, names in people.items() if words and _within(words, names)]
    return next((found[0] for found in (whole, some) if len(found) == 1), "")


def _within(few: Iterable[str], many: Iterable[str]) -> bool:
    return all(any(JaroWinkler.similarity(one, other) >= _LIKE for other in many) for one in few)


def _bare(text: str) -> set[str]:
    """Its words, titles aside."""
    return {word for word in plain(text).split() if word not in _TITLES}
