"""Maiia's words and ours, both ways. Nothing here talks to anybody."""

from collections.abc import Mapping
from dataclasses import replace
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

TYPES = ("APPOINTMENT_CREATED", "APPOINTMENT_UPDATED", "APPOINTMENT_CANCELLED")
STATUS_OF = {
    "BOOKED": VisitStatus.CONFIRMED,
    "CANCELLED": VisitStatus.CANCELLED,
    "HONORED": VisitStatus.DONE,
    "MISSED": VisitStatus.NO_SHOW,
}
STATE_OF = {status: state for state, status in STATUS_OF.items()}


def event(raw: bytes, zone: ZoneInfo) -> PlatformEvent:
    """What a webhook says. Raises NotUnderstood."""
    values = read_json(raw)
    kind = read_text(values, "type")
    if kind not in TYPES:
        raise NotUnderstood("type: unknown kind")
    told = visit(read_object(values, "appointment"), zone)
    if kind == "APPOINTMENT_CANCELLED":
        told = with_status(told, VisitStatus.CANCELLED)
    return PlatformEvent(told, read_text(values, "eventId"), read_optional_instant(values, "emittedAt", zone))


def visit_key(values: Mapping[str, Any]) -> tuple[str, str]:
    """The event id and the visit's id of a webhook, as far as they can be read; it never fails."""
    appointment = values.get("appointment")
    found = appointment.get("id") if isinstance(appointment, dict) else None
    return str(values.get("eventId") or ""), str(found or "")


def visit(appointment: Mapping[str, Any], zone: ZoneInfo) -> PlatformVisit:
    """The bare appointment. Raises NotUnderstood."""
    start, end = read_instant(appointment, "startDateTime", zone), read_instant(appointment, "endDateTime", zone)
    if end <= start:
        raise NotUnderstood("endDateTime: before the start")
    state = read_text(appointment, "state").upper() or "BOOKED"
    if state not in STATUS_OF:
        raise NotUnderstood("state: unknown")
    return PlatformVisit(
        external_id=read_id(appointment, "id"),
        practitioner=read_id(appointment, "practitionerId"),
        start=start,
        end=end,
        status=STATUS_OF[state],
        version=read_number(appointment, "revision"),
        reason=read_text(appointment, "consultationReasonId"),
        site=read_text(appointment, "centerId"),
        client_reference=read_text(appointment, "externalReference"),
        patient=_patient(appointment["patient"]) if isinstance(appointment.get("patient"), dict) else None,
        raw=dict(appointment),
    )


def listing(answer: Mapping[str, Any], zone: ZoneInfo) -> Listing:
    """One page of visits; `cursor` is the next page's number, `complete` what the page itself says (the total is counted by the reader)."""
    visits = tuple(visit(each, zone) for each in read_list(answer, "items"))
    last = answer.get("last") is True
    page = read_number(answer, "page") or 0
    return Listing(visits, last, "" if last or not visits else str(page + 1))


def total(answer: Mapping[str, Any]) -> int | None:
    """How many items all pages hold together, when the answer says so."""
    return read_number(answer, "total")


def named(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(id, name) pairs."""
    return [(read_id(each, "id"), read_text(each, "name")) for each in read_list(answer, "items")]


def minutes(answer: Mapping[str, Any]) -> dict[str, int]:
    """How long each reason lasts, where it is said."""
    lasting = {read_id(each, "id"): read_number(each, "duration") for each in read_list(answer, "items")}
    return {external_id: minutes for external_id, minutes in lasting.items() if minutes}


def busy_list(answer: Mapping[str, Any], zone: ZoneInfo) -> list[PlatformBusy]:
    """The time blocks of an answer."""
    return [
        PlatformBusy(
            practitioner=read_id(each, "practitionerId"),
            start=read_instant(each, "startDateTime", zone),
            end=read_instant(each, "endDateTime", zone),
            external_id=read_id(each, "id"),
            client_reference=read_text(each, "externalReference"),
        )
        for each in read_list(answer, "items")
    ]


def new_visit(wanted: PlatformVisit) -> dict[str, Any]:
    """The body that creates an appointment: the appointment without id, state and revision."""
    return {
        "practitionerId": wanted.practitioner,
        "consultationReasonId": wanted.reason or None,
        "startDateTime": instant_text(wanted.start),
        "endDateTime": instant_text(wanted.end),
        "externalReference": wanted.client_reference,
        "patient": _patient_out(wanted.patient or PlatformPatient()),
    }


def replacement(current: PlatformVisit, wanted: PlatformVisit) -> dict[str, Any]:
    """The whole appointment as it shall be, at the revision that was read; what Maiia alone knows stays as it is there."""
    return current.raw | {
        "startDateTime": instant_text(wanted.start),
        "endDateTime": instant_text(wanted.end),
        "state": STATE_OF[wanted.status],
        "revision": current.version,
    }


def new_block(wanted: PlatformBusy) -> dict[str, Any]:
    """The body that closes a time."""
    return {
        "practitionerId": wanted.practitioner,
        "startDateTime": instant_text(wanted.start),
        "endDateTime": instant_text(wanted.end),
        "externalReference": wanted.client_reference,
    }


def created_block(answer: Mapping[str, Any], wanted: PlatformBusy) -> PlatformBusy:
    """The time block under the id it was given."""
    return replace(wanted, external_id=read_id(answer, "id"))


def _patient(values: Mapping[str, Any]) -> PlatformPatient:
    return PlatformPatient(
        first_names=read_text(values, "firstName"),
        birth_name=read_text(values, "birthName"),
        birth_date=read_birth_date(values, "birthDate"),
        email=read_text(values, "email"),
        phone=read_text(values, "mobilePhone"),
        external_id=read_text(values, "id"),
    )


def _patient_out(patient: PlatformPatient) -> dict[str, Any]:
    return {
        "firstName": patient.first_names,
        "birthName": patient.birth_name or patient.used_name,
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        "mobilePhone": patient.phone or None,
        "email": patient.email or None,
    }
