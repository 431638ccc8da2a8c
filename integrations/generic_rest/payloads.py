"""A described platform's words and ours, both ways. Nothing here talks to anybody."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.errors import NotUnderstood
from integrations.generic_rest.description import Description, Names
from integrations.generic_rest.paths import find
from integrations.speaking.reading import (
    read_birth_date,
    read_id,
    read_json,
    read_list,
    read_number,
    read_optional_instant,
    read_text,
)
from integrations.speaking.vocabulary import (
    PlatformBusy,
    PlatformEvent,
    PlatformPatient,
    PlatformVisit,
    VisitStatus,
    instant_text,
    with_status,
)

LONGEST = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = ("minutes", "seconds")
PERSON = ("patient_id", "first_names", "used_name", "birth_name", "birth_date", "email", "phone")
Flat = Mapping[str, Any]


class Words:
    """What a description says of a cabinet in this time zone. What cannot be read raises NotUnderstood."""

    def __init__(self, wire: Description, zone: ZoneInfo) -> None:
        self.wire = wire
        self.zone = zone

    # --- read -----------------------------------------------------------------------------------------------------

    def event(self, raw: bytes) -> PlatformEvent | None:
        """What a webhook says, `None` when it is about no visit."""
        told = self.wire.webhooks
        if told is None:
            raise NotUnderstood("no webhooks are expected")
        values = read_json(raw)
        flat = {"kind": find(values, told.kind), "event_id": _at(values, told.event_id), "at": _at(values, told.occurred_at)}
        meaning = told.kinds.get(read_text(flat, "kind"))
        if meaning is None:
            raise NotUnderstood("kind: unknown")
        if meaning == "ignored":
            return None
        visit = self.visit(find(values, told.visit))
        if meaning == "cancelled":
            visit = with_status(visit, VisitStatus.CANCELLED)
        return PlatformEvent(visit, read_text(flat, "event_id"), self._instant(flat, "at"))

    def keys_of(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """The event id and the visit's id of a webhook, as far as they can be read; it never fails."""
        told = self.wire.webhooks
        if told is None:
            return "", ""
        return _name(_at(values, told.event_id)), _name(find(find(values, told.visit), self.wire.visits.fields["id"]))

    def visit(self, values: Any) -> PlatformVisit:
        """A visit with its patient, where one is told."""
        flat = _flat(values, self.wire.visits.fields)
        start, end = self._times(flat)
        return PlatformVisit(
            external_id=read_id(flat, "id"),
            practitioner=read_id(flat, "practitioner"),
            start=start,
            end=end,
            status=self._status(flat),
            version=self._version(flat),
            reason=read_text(flat, "reason"),
            client_reference=read_text(flat, "reference"),
            patient=self._patient(flat),
            practitioner_name=read_text(flat, "practitioner_name"),
        )

    def busy(self, values: Any) -> PlatformBusy:
        """A closed time."""
        flat = _flat(values, self.wire.closed_times.fields if self.wire.closed_times else {})
        start, end = self._times(flat)
        identifier, reference = read_id(flat, "id"), read_text(flat, "reference")
        return PlatformBusy(read_id(flat, "practitioner"), start, end, external_id=identifier, client_reference=reference)

    def named(self, values: Any, names: Names) -> tuple[str, str, int | None]:
        """Id, name and minutes of a person or a reason."""
        flat = {"id": find(values, names.id), "name": find(values, names.name), "minutes": _at(values, names.minutes)}
        return read_id(flat, "id"), read_text(flat, "name"), read_number(flat, "minutes")

    def items(self, answer: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
        """The items of a page."""
        return read_list({path: find(answer, path)}, path)

    def identifier(self, values: Any, fields: Mapping[str, str]) -> str:
        """The id of what was written."""
        return read_id(_flat(values, fields), "id")

    def _times(self, flat: Flat) -> tuple[datetime, datetime]:
        start = self._instant(flat, "start")
        if start is None:
            raise NotUnderstood("start: instant expected")
        end = self._instant(flat, "end") if flat.get("end") is not None else None
        for unit in UNITS:
            length = read_number(flat, unit)
            if length is not None and 0 < length <= LONGEST // timedelta(**{unit: 1}):
                end = start + timedelta(**{unit: length})
        if end is None or not start < end <= start + LONGEST:
            raise NotUnderstood("end: missing, or before the start")
        return start, end

    def _instant(self, flat: Flat, name: str) -> datetime | None:
        if self.wire.times != "epoch" or not isinstance(flat.get(name), int):
            return read_optional_instant(flat, name, self.zone)
        try:
            return datetime.fromtimestamp(read_number(flat, name) or 0, UTC)
        except (ValueError, OverflowError, OSError) as problem:
            raise NotUnderstood(f"{name}: seconds since 1970 expected") from problem

    def _status(self, flat: Flat) -> VisitStatus:
        word = read_text(flat, "status")
        if not word:
            return VisitStatus.CONFIRMED
        found = self.wire.statuses.get(word.casefold())
        if found is None:
            raise NotUnderstood("status: unknown")
        return found

    def _version(self, flat: Flat) -> int | None:
        """A number, or else the microseconds of the last change."""
        number, changed = read_number(flat, "version"), self._instant(flat, "changed_at")
        return number if number is not None or changed is None else (changed - EPOCH) // timedelta(microseconds=1)

    def _patient(self, flat: Flat) -> PlatformPatient | None:
        known = {name: read_text(flat, name) for name in PERSON if name != "birth_date"}
        if not any(known.values()):
            return None
        return PlatformPatient(
            first_names=known["first_names"],
            used_name=known["used_name"],
            birth_name=known["birth_name"],
            birth_date=read_birth_date(flat, "birth_date"),
            email=known["email"],
            phone=known["phone"],
            external_id=known["patient_id"],
        )

    # --- write ----------------------------------------------------------------------------------------------------

    def moment(self, moment: datetime) -> str | int:
        """An instant as this platform writes it."""
        if self.wire.times == "epoch":
            return int(moment.timestamp())
        wall = moment.astimezone(self.zone)
        if self.wire.times == "local":
            return wall.replace(tzinfo=None).isoformat(timespec="seconds")
        return wall.isoformat(timespec="seconds") if self.wire.times == "offset" else instant_text(moment)

    def id(self, identifier: str) -> str | int:
        """Some platforms' ids are numbers."""
        return int(identifier) if self.wire.number_ids and identifier.isascii() and identifier.isdigit() else identifier

    def said_of_busy(self, wanted: PlatformBusy) -> dict[str, Any]:
        """What can be said of a closed time, by its placeholders."""
        return self._place(wanted)

    def said_of_visit(self, wanted: PlatformVisit, current: PlatformVisit | None = None) -> dict[str, Any]:
        """What can be said of a visit, by its placeholders; `current` is what stands there. A status without a word is left as it was."""
        person = wanted.patient or PlatformPatient()
        standing = current.status if current else VisitStatus.CONFIRMED
        said = self._place(wanted) | {
            "reason": self.id(wanted.reason),
            "status": self.wire.said.get(wanted.status, self.wire.said.get(standing, "")),
            "first_names": person.first_names,
            "used_name": person.used_name,
            "birth_name": person.birth_name,
            "name": person.used_name or person.birth_name,
            "birth_date": person.birth_date.isoformat() if person.birth_date else "",
            "email": person.email,
            "phone": person.phone,
        }
        return said | ({"id": self.id(current.external_id), "version": current.version} if current else {})

    def _place(self, timed: PlatformVisit | PlatformBusy) -> dict[str, Any]:
        length = int((timed.end - timed.start).total_seconds())
        return {
            "practitioner": self.id(timed.practitioner),
            "start": self.moment(timed.start),
            "end": self.moment(timed.end),
            "minutes": length // 60,
            "seconds": length,
            "reference": timed.client_reference,
        }


def _flat(values: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise NotUnderstood("object expected")
    return {name: find(values, path) for name, path in fields.items()}


def _name(value: Any) -> str:
    """An identifier as far as it is one."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _at(values: Any, path: str) -> Any:
    """The value at a path that may not be given."""
    return find(values, path) if path else None
