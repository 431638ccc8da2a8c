"""Doctolib's words and ours, both ways. Nothing here talks to anybody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
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
from integrations.speaking.vocabulary import (
    Listing,
    PlatformBusy,
    PlatformEvent,
    PlatformPatient,
    PlatformVisit,
    VisitStatus,
    instant_text,
    with_status,
)

EVENTS = ("appointment.created", "appointment.updated", "appointment.cancelled")
LONGEST_MINUTES = 1440


def event(raw: bytes, zone: ZoneInfo) -> PlatformEvent:
    """What a webhook says. Raises NotUnderstood."""
    values = read_json(raw)
    kind = read_text(values, "event")
    if kind not in EVENTS:
        raise NotUnderstood("event: unknown kind")
    told = visit(read_object(values, "data"), zone)
    if kind == "appointment.cancelled":
        told = with_status(told, VisitStatus.CANCELLED)
    return PlatformEvent(told, read_text(values, "event_id"), read_optional_instant(values, "occurred_at", zone))


def visit_key(values: Mapping[str, Any]) -> tuple[str, str]:
    """The event id and the visit's id of a webhook, as far as they can be read; it never fails."""
    data = values.get("data")
    appointment = data.get("appointment") if isinstance(data, dict) else None
    found = appointment.get("id") if isinstance(appointment, dict) else None
    return str(values.get("event_id") or ""), str(found or "")


def visit(data: Mapping[str, Any], zone: ZoneInfo) -> PlatformVisit:
    """A visit with its patient and practitioner. Raises NotUnderstood."""
    appointment, practitioner = read_object(data, "appointment"), read_object(data, "practitioner")
    start, minutes = read_instant(appointment, "start_time", zone), read_number(appointment, "duration")
    if minutes is None or not 0 < minutes <= LONGEST_MINUTES:
        raise NotUnderstood("duration: minutes expected")
    return PlatformVisit(
        external_id=read_id(appointment, "id"),
        practitioner=read_id(practitioner, "id"),
        start=start,
        end=start + timedelta(minutes=minutes),
        status=_status(read_text(appointment, "status")),
        version=read_number(appointment, "version"),
        reason=read_text(appointment, "visit_motive_id"),
        client_reference=read_text(appointment, "client_reference"),
        patient=_patient(data["patient"]) if isinstance(data.get("patient"), dict) else None,
        practitioner_name=read_text(practitioner, "name"),
    )


def listing(answer: Mapping[str, Any], zone: ZoneInfo) -> Listing:
    """One page of visits; complete only when it says so and names no next one."""
    visits = tuple(visit(each, zone) for each in read_list(answer, "data"))
    cursor = read_text(answer, "next_cursor")
    return Listing(visits, answer.get("complete") is True and not cursor, cursor)


def named(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(id, name) pairs."""
    return [(read_id(each, "id"), read_text(each, "name")) for each in read_list(answer, "data")]


def minutes(answer: Mapping[str, Any]) -> dict[str, int]:
    """How long each reason lasts, where it is said."""
    lasting = {read_id(each, "id"): read_number(each, "duration") for each in read_list(answer, "data")}
    return {external_id: minutes for external_id, minutes in lasting.items() if minutes}


def busy_list(answer: Mapping[str, Any], zone: ZoneInfo) -> list[PlatformBusy]:
    """The closed times of an answer."""
    return [
        PlatformBusy(
            practitioner=read_id(each, "practitioner_id"),
            start=read_instant(each, "start_time", zone),
            end=read_instant(each, "end_time", zone),
            external_id=read_id(each, "id"),
            client_reference=read_text(each, "client_reference"),
        )
        for each in read_list(answer, "data")
    ]


def new_visit(wanted: PlatformVisit) -> dict[str, Any]:
    """The body that creates a visit."""
    body: dict[str, Any] = {
        "practitioner_id": wanted.practitioner,
        "start_time": instant_text(wanted.start),
        "duration": _minutes(wanted),
        "patient": _patient_out(wanted.patient or PlatformPatient()),
        "client_reference": wanted.client_reference,
    }
    return body | ({"visit_motive_id": wanted.reason} if wanted.reason else {})


def changes(current: PlatformVisit, wanted: PlatformVisit) -> dict[str, Any]:
    """The body that makes `current` what is wanted: only what differs; empty when nothing does."""
    body: dict[str, Any] = {}
    if current.start != wanted.start:
        body["start_time"] = instant_text(wanted.start)
    if _minutes(current) != _minutes(wanted):
        body["duration"] = _minutes(wanted)
    if current.status != wanted.status:
        body["status"] = wanted.status.value
    return body


def new_busy(wanted: PlatformBusy) -> dict[str, Any]:
    """The body that closes a time."""
    return {
        "practitioner_id": wanted.practitioner,
        "start_time": instant_text(wanted.start),
        "end_time": instant_text(wanted.end),
        "client_reference": wanted.client_reference,
    }


def created_busy(answer: Mapping[str, Any], wanted: PlatformBusy) -> PlatformBusy:
    """The closed time under the id it was given."""
    return replace(wanted, external_id=read_id(answer, "id"))


def _status(text: str) -> VisitStatus:
    try:
        return VisitStatus(text.lower() or "confirmed")
    except ValueError as problem:
        raise NotUnderstood("status: unknown") from problem


def _patient(values: Mapping[str, Any]) -> PlatformPatient:
    return PlatformPatient(
        first_names=read_text(values, "first_name"),
        used_name=read_text(values, "last_name"),
        birth_date=read_birth_date(values, "birth_date"),
        email=read_text(values, "email"),
        phone=read_text(values, "phone"),
        external_id=read_text(values, "id"),
    )


def _patient_out(patient: PlatformPatient) -> dict[str, Any]:
    return {
        "first_name": patient.first_names,
        "last_name": patient.used_name or patient.birth_name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "email": patient.email or None,
        "phone": patient.phone or None,
    }


def _minutes(timed: PlatformVisit) -> int:
    return int((timed.end - timed.start).total_seconds()) // 60
