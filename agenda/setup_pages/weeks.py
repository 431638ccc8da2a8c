"""The opening hours as one reads them: a week per practitioner, then what is dated."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.dates import WEEKDAYS

from agenda.models import OpeningHours
from agenda.setup_pages import lines
from agenda.setup_pages.choices import Choices
from agenda.setup_pages.entries import clock_text


@dataclass(frozen=True, slots=True)
class Range:
    """One row of hours in its cell."""

    id: UUID
    span: str
    detail: str


@dataclass(slots=True)
class Day:
    """One weekday and its ranges, in order."""

    number: int
    name: str
    ranges: list[Range] = field(default_factory=list)


@dataclass(slots=True)
class PractitionerWeek:
    """One practitioner's week, and the dated hours."""

    id: UUID
    name: str
    days: list[Day]
    dated: list[tuple[OpeningHours, lines.Line]] = field(default_factory=list)


def weeks(rows: list[OpeningHours], choices: Choices) -> list[PractitionerWeek]:
    """A week for each living practitioner, in the order of the columns; `rows` come with their reasons."""
    found = {key: PractitionerWeek(key, name, _empty_days()) for key, name in choices.practitioners.items()}
    for row in sorted(rows, key=lambda row: (row.start_minute, row.end_minute)):
        week = found.get(row.practitioner_id)
        if week is None:
            continue
        if row.weekday is None:
            week.dated.append((row, lines.hours(row, choices)))
        else:
            span = f"{clock_text(row.start_minute)} – {clock_text(row.end_minute)}"
            week.days[row.weekday].ranges.append(Range(row.id, span, lines.conditions(row, choices)))
    for week in found.values():
        week.dated.sort(key=lambda pair: (pair[0].date, pair[0].start_minute))
    return list(found.values())


def _empty_days() -> list[Day]:
    return [Day(number, str(name).capitalize()) for number, name in WEEKDAYS.items()]
