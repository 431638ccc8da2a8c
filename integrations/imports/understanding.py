"""A line of the file as plain values: who the patient is, when the visit takes place. Nothing is looked up, nothing written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from integrations.imports import values
from integrations.imports.headings import BY_NAME
from integrations.imports.reading import Row
from medidesk.cabinets.current import current_cabinet
from medidesk.errors import Refused
from patients.registration import PatientDetails, checked
from patients.traits import plain

Value = TypeVar("Value")
LONGEST_NAME = 100
LONGEST_VISIT = timedelta(minutes=LONGEST_OCCUPANCY_MINUTES)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody that a line names. `digest` recognises the same words about the same person; `key` the cabinet's former number.

    `left_out` says which contact is not valid, and is not taken over.
    """

    details: PatientDetails | None
    digest: str
    key: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that a line tells."""

    practitioner: UUID
    start: datetime
    end: datetime
    reason: UUID | None


@dataclass(frozen=True, slots=True)
class Understood:
    """A line in our words. `digest` recognises the line in another file."""

    digest: str
    person: Person | None
    visit: Visit | None = None


class Ignored(Exception):
    """The line is understood, and is not to be brought in. The text is its code."""


class Reader:
    """Understands the lines of one file with what the owner said about it.

    `mapping`: `columns` {field: number}, for visits also `practitioners` and `reasons` {text in the file, plain: id}, `practitioner`
    (who, when the file does not say) and `duration` (minutes, when it does not say).
    """

    def __init__(self, mapping: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> None:
        self._columns: dict[str, int] = dict(mapping.get("columns", {}))
        self._practitioners: dict[str, str] = mapping.get("practitioners", {})
        self._reasons: dict[str, str] = mapping.get("reasons", {})
        self._practitioner: str = mapping.get("practitioner", "")
        self._duration = timedelta(minutes=mapping.get("duration") or 30)
        self._zone, self._now = zone, now

    def patient(self, row: Row) -> Understood:
        """A line of a file of patients. Raises Refused."""
        person = self._person(row)
        if person is None or person.details is None:
            raise Refused(_("Cette ligne ne nomme personne."), code="nobody")
        return Understood(digest(f"patient {person.digest} {person.key}"), person)

    def visit(self, row: Row) -> Understood:
        """A line of a file of visits. Raises Refused, Ignored."""
        if not values.is_held(self.text(row, "status")):
            raise Ignored("not-held")
        if "time" not in self._columns and values.has_day(on := self.text(row, "date")) and not values.has_time(on):
            raise Ignored("all-day")
        person = self._person(row)
        practitioner, start = self._who(row), self._start(row)
        end = self._end(row, start)
        if not start < end <= start + LONGEST_VISIT:
            raise Refused(_("La fin n’est pas après le début, ou la visite est trop longue."), code="end-not-possible")
        reason = self._reasons.get(plain(self.text(row, "reason"))) or None
        words = f"visit {practitioner} {start.timestamp():.0f} {person.digest + person.key if person else ''}"
        return Understood(digest(words), person, Visit(practitioner, start, end, UUID(reason) if reason else None))

    def text(self, row: Row, field: str) -> str:
        """What stands in the column of that field; nothing when there is no such column."""
        number = self._columns.get(field)
        return row.cells[number] if number is not None and number < len(row.cells) else ""

    def _read(self, row: Row, field: str, read: Callable[[str], Value]) -> Value:
        """What the cell of that field says; a refusal names the field."""
        try:
            return read(self.text(row, field))
        except Refused as refusal:
            raise Refused(f"{BY_NAME[field].label}\u00a0: {refusal.message}", code=refusal.code) from None

    def _person(self, row: Row) -> Person | None:
        """Whom the line names, `None` when nobody."""
        if row.surplus:
            raise Refused(_("Cette ligne a plus de cellules que le fichier n’a de colonnes."), code="too-many-cells")
        number = plain(self.text(row, "patient_number"))
        key = digest(f"number {number}") if number else ""
        last, first = values.whole_name(self.text(row, "full_name")) if "full_name" in self._columns else ("", "")
        birth, used = self.text(row, "birth_name") or last, self.text(row, "used_name")
        first = self.text(row, "first_names") or first
        if not (birth or used or first):
            return Person(None, "", key) if key else None
        if max(map(len, (birth, used, first))) > LONGEST_NAME:
            raise Refused(_("Ce nom est trop long\u00a0: 100 caractères au plus."), code="name-too-long")
        details = PatientDetails(
            first_names=first,
            birth_name=birth,
            used_name="" if plain(used) == plain(birth) else used,
            birth_date=self._read(row, "birth_date", values.day) if self.text(row, "birth_date") else None,
            sex=self._read(row, "sex", values.sex),
        )
        details, left_out = self._with_contact(row, checked(details, now=self._now))
        return Person(details, digest(f"person {_spelled(details)}"), key, left_out)

    def _with_contact(self, row: Row, details: PatientDetails) -> tuple[PatientDetails, str]:
        """With the contact points that are valid, the mobile first; a wrong one is left out rather than the person, and told."""
        left_out = ""
        telephones = [values.telephone(text) for field in ("mobile", "phone") if (text := self.text(row, field))]
        contacts: list[dict[str, Any]] = [*({"phone": one} for one in telephones), {"email": self.text(row, "email")}]
        for changes in contacts:
            if "phone" in changes and details.phone:
                continue
            try:
                details = checked(replace(details, **changes), now=self._now)
            except Refused as refusal:
                left_out = f"left-out-{refusal.code}"
        return details, left_out

    def _who(self, row: Row) -> UUID:
        name = self.text(row, "practitioner")
        found = self._practitioners.get(plain(name)) if name else self._practitioner
        if not found:
            raise Refused(_("Cette ligne ne dit pas quel praticien du cabinet."), code="practitioner-unknown")
        return UUID(found)

    def _start(self, row: Row) -> datetime:
        on = self._read(row, "date", values.day)
        at = self._read(row, "time" if self.text(row, "time") else "date", values.wall_time)
        return values.instant(on, at, self._zone)

    def _end(self, row: Row, start: datetime) -> datetime:
        """As the line says it: an end, else a length; else as long as visits of the file are said to be."""
        if text := self.text(row, "end"):
            on = values.day(text) if values.has_day(text) else start.date()
            return values.instant(on, self._read(row, "end", values.wall_time), self._zone)
        lasts = self._read(row, "duration", values.minutes) if self.text(row, "duration") else self._duration
        return datetime.fromtimestamp(start.timestamp() + lasts.total_seconds(), self._zone)


def digest(text: str) -> str:
    """A short keyed digest: equal for equal texts of this cabinet, telling nothing without the key."""
    return salted_hmac(f"medidesk import {current_cabinet().uuid}", text, algorithm="sha256").hexdigest()[:32]


def _spelled(details: PatientDetails) -> str:
    names = "|".join(plain(name) for name in (details.birth_name, details.used_name, details.first_names))
    return f"{names}|{details.birth_date}|{details.sex}|{details.email.lower()}|{details.phone}"
