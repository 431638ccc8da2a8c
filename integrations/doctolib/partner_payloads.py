"""The partner protocol's words and ours, both ways. All that is guessed of it is guessed here. Nothing here talks to anybody.

An appointment can only be read in the list of its patient's: its name here is made of both ids.
"""

from collections.abc import Mapping
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
    read_object,
    read_optional_instant,
    read_text,
)
from integrations.speaking.vocabulary import PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus, with_status

EVENTS = ("appointment.created", "appointment.updated", "appointment.deleted")
STATUSES = {"confirmed": VisitStatus.CONFIRMED, "deleted": VisitStatus.CANCELLED, "no_show": VisitStatus.NO_SHOW, "done": VisitStatus.DONE}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=1)


def event(raw: bytes, zone: ZoneInfo) -> PlatformEvent:
    """What one element of the feed says. Raises NotUnderstood."""
    values = read_json(raw)
    kind = read_text(values, "event")
    if kind not in EVENTS:
        raise NotUnderstood("event: unknown kind")
    told = visit(read_object(values, "appointment"), zone)
    if kind == "appointment.deleted":
        told = with_status(told, VisitStatus.CANCELLED)
    return PlatformEvent(told, read_text(values, "id"), read_optional_instant(values, "created_at", zone))


def visit_key(values: Mapping[str, Any]) -> tuple[str, str]:
    """The event's id and the visit's name, as far as they can be read; it never fails."""
    appointment = values.get("appointment")
    return str(values.get("id") or ""), _name(appointment) if isinstance(appointment, dict) and appointment.get("id") else ""


def visit(appointment: Mapping[str, Any], zone: ZoneInfo) -> PlatformVisit:
    """An appointment. Its version is the instant of its last change. Raises NotUnderstood."""
    read_id(appointment, "id")
    start, end = read_instant(appointment, "start_date", zone), read_instant(appointment, "end_date", zone)
    if not timedelta() < end - start <= LONGEST:
        raise NotUnderstood("end_date: out of bounds")
    changed = read_optional_instant(appointment, "updated_at", zone)
    status = STATUSES.get(read_text(appointment, "status") or "confirmed")
    if status is None:
        raise NotUnderstood("status: unknown")
    return PlatformVisit(
        external_id=_name(appointment),
        practitioner=read_id(appointment, "agenda_id"),
        start=start,
        end=end,
        status=status,
        version=(changed - EPOCH) // timedelta(microseconds=1) if changed else None,
        reason=read_text(appointment, "visit_motive_id"),
        patient=_patient(appointment["patient"]) if isinstance(appointment.get("patient"), dict) else None,
    )


def visits(answer: Mapping[str, Any], zone: ZoneInfo) -> list[PlatformVisit]:
    """The appointments of a list."""
    return [visit(each, zone) for each in read_list(answer, "appointments")]


def named(answer: Mapping[str, Any], which: str) -> list[tuple[str, str]]:
    """(id, name) pairs of agendas or reasons."""
    return [(read_id(each, "id"), read_text(each, "name")) for each in read_list(answer, which)]


def split(name: str) -> tuple[str, str]:
    """The appointment's id and its patient's. Raises NotUnderstood for a name without a patient."""
    appointment, _at, patient = name.rpartition("@")
    if not appointment:
        raise NotUnderstood("patient: missing")
    return appointment, patient


def new_visit(wanted: PlatformVisit, zone: ZoneInfo) -> dict[str, Any]:
    """The body that books: no length can be told, the reason has its own. A patient who is known there goes by their id."""
    patient = wanted.patient or PlatformPatient()
    who = {"patient_id": patient.external_id} if patient.external_id else {"patient": _patient_out(patient)}
    start = wanted.start.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")
    return {"visit_motive_id": wanted.reason, "agenda_id": wanted.practitioner, "start_date": start} | who


def _name(appointment: Mapping[str, Any]) -> str:
    patient = appointment.get("patient")
    whose = patient.get("id") if isinstance(patient, dict) else appointment.get("patient_id")
    return f"{appointment['id']}@{whose}" if whose else str(appointment["id"])


def _patient(values: Mapping[str, Any]) -> PlatformPatient:
    return PlatformPatient(
        first_names=read_text(values, "first_name"),
        used_name=read_text(values, "last_name"),
        birth_name=read_text(values, "maiden_name"),
        birth_date=read_birth_date(values, "birthdate"),
        email=read_text(values, "email"),
        phone=read_text(values, "phone_number") or read_text(values, "secondary_phone_number"),
        external_id=read_text(values, "id"),
    )


def _patient_out(patient: PlatformPatient) -> dict[str, Any]:
    name = patient.used_name or patient.birth_name
    told = {
        "first_name": patient.first_names,
        "last_name": name,
        "maiden_name": patient.birth_name if patient.birth_name != name else "",
        "birthdate": patient.birth_date.isoformat() if patient.birth_date else "",
        "email": patient.email,
        "phone_number": patient.phone,
    }
    return {field: value for field, value in told.items() if value or field in ("first_name", "last_name")}
