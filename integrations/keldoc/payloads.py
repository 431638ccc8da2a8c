"""Keldoc's words and ours, both ways. Nothing here talks to anybody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.errors import NotUnderstood
from integrations.speaking.reading import (
    read_birth_date,
    read_id,
    read_instant,
    read_json,
    read_list,
    read_number,
    read_object,
    read_optional_instant,
    read_text,
)
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus, with_status

EVENTS = ("appointment.created", "appointment.updated", "appointment.canceled")
# What the cabinet does it tells itself; who reminds is a setting.
NO_NEWS = {"skip_sms_confirmation": True, "skip_email_confirmation": True}
NO_REMINDER = {"skip_sms_reminder": True, "skip_email_reminder": True}
LONGEST_SECONDS = 24 * 3600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def event(raw: bytes, zone: ZoneInfo) -> PlatformEvent | None:
    """What a webhook says, `None` when the appointment is nobody's. Raises NotUnderstood."""
    values = read_json(raw)
    kind = read_text(values, "event")
    if kind not in EVENTS:
        raise NotUnderstood("event: unknown kind")
    appointment = read_object(values, "appointment")
    if is_closed_time(appointment):
        return None
    told = visit(appointment, zone)
    if kind == "appointment.canceled":
        told = with_status(told, VisitStatus.CANCELLED)
    return PlatformEvent(told, read_text(values, "id"), read_optional_instant(values, "created_at", zone))


def visit_key(values: Mapping[str, Any]) -> tuple[str, str]:
    """The event id and the visit's id of a webhook, as far as they can be read; it never fails."""
    appointment = values.get("appointment")
    found = appointment.get("id") if isinstance(appointment, dict) else None
    return str(values.get("id") or ""), str(found or "")


def is_closed_time(appointment: Mapping[str, Any]) -> bool:
    """Is it an appointment of nobody, which is how Keldoc closes a time?"""
    return appointment.get("patient_id") is None and not isinstance(appointment.get("patient"), dict)


def visit(appointment: Mapping[str, Any], zone: ZoneInfo) -> PlatformVisit:
    """An appointment of somebody. Its version is the instant of its last change. Raises NotUnderstood."""
    start, end = _times(appointment, zone)
    changed = read_optional_instant(appointment, "updated_at", zone)
    return PlatformVisit(
        external_id=read_id(appointment, "id"),
        practitioner=read_id(appointment, "agenda_id"),
        start=start,
        end=end,
        status=_status(appointment),
        version=(changed - EPOCH) // timedelta(microseconds=1) if changed else None,
        reason=read_text(appointment, "motive_id"),
        client_reference=read_text(appointment, "reference"),
        patient=_patient(appointment["patient"]) if isinstance(appointment.get("patient"), dict) else None,
        reminded_there=any(appointment.get(name) is False for name in NO_REMINDER),
    )


def listing(answer: Mapping[str, Any], zone: ZoneInfo) -> Listing:
    """One page of visits, closed times left out; `cursor` is the next page's number, `complete` what the page itself says."""
    appointments = read_list(answer, "appointments")
    visits = tuple(visit(each, zone) for each in appointments if not is_closed_time(each))
    last = answer.get("last") is True
    page = read_number(answer, "page") or 0
    return Listing(visits, last, "" if last or not appointments else str(page + 1))


def identifiers(answer: Mapping[str, Any]) -> set[str]:
    """The ids on a page, of visits and closed times."""
    return {read_id(each, "id") for each in read_list(answer, "appointments")}


def total(answer: Mapping[str, Any]) -> int | None:
    """How many appointments all pages hold together, when the answer says so."""
    return read_number(answer, "total")


def named(config: Mapping[str, Any], which: str) -> list[tuple[str, str]]:
    """(id, name) pairs of the account's agendas or motives."""
    return [(read_id(each, "id"), read_text(each, "name")) for each in read_list(config, which)]


def busy_list(answer: Mapping[str, Any], zone: ZoneInfo) -> list[PlatformBusy]:
    """The closed times of a page, cancelled ones left out."""
    closed = [each for each in read_list(answer, "appointments") if is_closed_time(each) and each.get("state") != "canceled"]
    return [_busy(each, zone) for each in closed]


def new_visit(wanted: PlatformVisit) -> dict[str, Any]:
    """The body that creates a visit."""
    patient = {"patient_attributes": _patient_out(wanted.patient or PlatformPatient())}
    reason = {"motive_id": _number(wanted.reason)} if wanted.reason else {}
    return _place(wanted) | reason | {"reference": wanted.client_reference} | patient | _silence(wanted)


def changes(current: PlatformVisit, wanted: PlatformVisit) -> dict[str, Any]:
    """The body that makes `current` what is wanted; empty when nothing is to be said, or can be: a visit that took place has no word."""
    before, after = _place(current) | _marks(current.status), _place(wanted) | _marks(wanted.status)
    if before == after and (wanted.reminded_there or not current.reminded_there):
        return {}
    # Start, agenda and state go with every change; reminders are silenced again, never switched back on.
    kept = {name: after[name] for name in ("start_at", "agenda_id", "state")}
    return kept | {name: value for name, value in after.items() if before[name] != value} | _silence(wanted)


def cancellation(current: PlatformVisit) -> dict[str, Any]:
    """The body that cancels a visit."""
    return _place(current) | {"state": "canceled"} | NO_NEWS | NO_REMINDER


def new_busy(wanted: PlatformBusy) -> dict[str, Any]:
    """The body that closes a time: an appointment of nobody."""
    return _place(wanted) | {"reference": wanted.client_reference}


def created_busy(answer: Mapping[str, Any], wanted: PlatformBusy) -> PlatformBusy:
    """The closed time under the id it was given."""
    return replace(wanted, external_id=read_id(answer, "id"))


def _times(appointment: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    start, length = read_instant(appointment, "start_at", zone), read_number(appointment, "duration")
    if length is None or not 0 < length <= LONGEST_SECONDS:
        raise NotUnderstood("duration: seconds expected")
    return start, start + timedelta(seconds=length)


def _status(appointment: Mapping[str, Any]) -> VisitStatus:
    """A missed visit that was excused is not held against anybody here: it stays as it is until the cabinet says."""
    state = read_text(appointment, "state") or "confirmed"
    if state not in ("confirmed", "canceled"):
        raise NotUnderstood("state: unknown")
    if state == "canceled":
        return VisitStatus.CANCELLED
    missed = appointment.get("no_show") is True and appointment.get("no_show_excused") is not True
    return VisitStatus.NO_SHOW if missed else VisitStatus.CONFIRMED


def _busy(appointment: Mapping[str, Any], zone: ZoneInfo) -> PlatformBusy:
    start, end = _times(appointment, zone)
    return PlatformBusy(
        practitioner=read_id(appointment, "agenda_id"),
        start=start,
        end=end,
        external_id=read_id(appointment, "id"),
        client_reference=read_text(appointment, "reference"),
    )


def _patient(values: Mapping[str, Any]) -> PlatformPatient:
    return PlatformPatient(
        first_names=read_text(values, "first_name"),
        used_name=read_text(values, "last_name"),
        birth_name=read_text(values, "maiden_name"),
        birth_date=read_birth_date(values, "birth_date"),
        email=read_text(values, "email"),
        phone=read_text(values, "phone") or read_text(values, "phone2"),
        external_id=read_text(values, "id"),
    )


def _patient_out(patient: PlatformPatient) -> dict[str, Any]:
    name = patient.used_name or patient.birth_name
    told = {
        "first_name": patient.first_names,
        "last_name": name,
        "maiden_name": patient.birth_name if patient.birth_name != name else "",
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
        "phone": patient.phone,
        "email": patient.email,
    }
    return {name: value for name, value in told.items() if value or name in ("first_name", "last_name")}


def _place(timed: PlatformVisit | PlatformBusy) -> dict[str, Any]:
    return {
        "agenda_id": _number(timed.practitioner),
        "start_at": timed.start.astimezone(UTC).isoformat(timespec="seconds"),
        "duration": int((timed.end - timed.start).total_seconds()),
        "state": "confirmed",
    }


def _marks(status: VisitStatus) -> dict[str, Any]:
    return {"state": "canceled" if status == VisitStatus.CANCELLED else "confirmed", "no_show": status == VisitStatus.NO_SHOW}


def _silence(wanted: PlatformVisit) -> dict[str, bool]:
    return NO_NEWS if wanted.reminded_there else NO_NEWS | NO_REMINDER


def _number(identifier: str) -> int | str:
    """Keldoc's ids are numbers."""
    return int(identifier) if identifier.isascii() and identifier.isdigit() else identifier
