"""Visits over REST: list, read, book, move, cancel, bring to another status, journal."""

from contextlib import nullcontext
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agenda import scheduling
from agenda.actors import Actor
from agenda.api import visits
from agenda.api.references import must_exist
from agenda.api.visit_order import BY_START
from agenda.external import appointments_linked_to
from agenda.models import Appointment, Practitioner
from medidesk.api.doors import Answer, Call, path_id
from medidesk.api.fields import Flaw
from medidesk.api.paging import page
from medidesk.api.problems import Invalid, not_found
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from patients.models import Patient
from patients.registration import PatientDetails, find_or_register, require_contact

PARTNER_SOURCE = "partner"


def actor_of(call: Call) -> Actor:
    """Who signs what the key does."""
    return Actor.partner(call.caller.name, staff=call.caller.staff)


def find(call: Call) -> Appointment:
    """The visit that the path names."""
    appointment = Appointment.objects.filter(pk=path_id(call)).first()
    if appointment is None:
        raise not_found()
    return appointment


def list_appointments(call: Call) -> Answer:
    """One page, filtered."""
    query = call.query
    rows: QuerySet[Appointment] = Appointment.objects.all()
    for name, model, column in (("practitioner", Practitioner, "practitioner_id__in"), ("patient", Patient, "patient_id__in")):
        if query[name]:
            must_exist(model, query[name], f"/{name}", also_deleted=True)
            rows = rows.filter(**{column: query[name]})
    for name in ("status", "lane", "source"):
        if query[name]:
            rows = rows.filter(**{f"{name}__in": query[name]})
    if query["from"]:
        rows = rows.filter(start__gte=_instant(query["from"]))
    if query["to"]:
        rows = rows.filter(start__lt=_instant(query["to"]))
    return page(call, _linked(rows, query["external"]), visits.render, natural=BY_START)


def get_appointment(call: Call) -> Answer:
    """One visit."""
    return visits.answer(call.subject)


def book(call: Call) -> Answer:
    """A new visit; a person who is not known yet gets a provisional file in the same transaction."""
    body = call.body
    _check_who(body)
    insist, source = motive_of(call), source_of(call)
    new_file = transaction.atomic() if body["patient_details"] else nullcontext()
    with new_file:
        booked = scheduling.book_appointment(
            visit_reason_id=body["visit_reason"],
            start=body["start"],
            practitioner_id=body["practitioner"],
            site_id=body["site"],
            patient_id=body["patient"] or _patient_of(call, body["patient_details"]),
            hold_id=body["hold"],
            insist=insist,
            on_existing=body["on_existing"],
            actor=actor_of(call),
            source=source,
            now=call.now,
        )
    return visits.answer(booked.appointment, 201, booked.warnings)


def move(call: Call) -> Answer:
    """Another time, practitioner or reason; what is said again unchanged moves nothing."""
    seen: Appointment = call.subject
    insist = motive_of(call)
    here = {"start": seen.start, "practitioner": seen.practitioner_id, "visit_reason": seen.visit_reason_id}
    wanted = {name: value for name, value in call.body.items() if name in here and value not in (None, here[name])}
    if not wanted and seen.status != "cancelled":
        return visits.answer(seen)
    moved = scheduling.move_appointment(
        appointment_id=seen.id,
        start=wanted.get("start"),
        practitioner_id=wanted.get("practitioner"),
        visit_reason_id=wanted.get("visit_reason"),
        insist=insist,
        actor=actor_of(call),
        now=call.now,
        expected_version=call.expected_version,
    )
    return visits.answer(moved.appointment, 200, moved.warnings)


def cancel(call: Call) -> Answer:
    """The visit, cancelled."""
    appointment = scheduling.cancel_appointment(
        appointment_id=call.subject.id, actor=actor_of(call), now=call.now, expected_version=call.expected_version, **call.body
    )
    return visits.answer(appointment, 201)


def set_status(call: Call) -> Answer:
    """The visit in its next, or previous, status."""
    appointment = scheduling.change_status(
        appointment_id=call.subject.id, actor=actor_of(call), now=call.now, expected_version=call.expected_version, **call.body
    )
    return visits.answer(appointment, 201)


def journal(call: Call) -> Answer:
    """What happened to the visit, the oldest first."""
    entries = call.subject.journal.values("at", "by", "act", "before", "after")
    return Answer.json({"results": list(entries)})


def _linked(rows: QuerySet[Appointment], external: str | None) -> QuerySet[Appointment]:
    if external is None:
        return rows
    platform, _colon, external_id = external.partition(":")
    return rows.filter(pk__in=appointments_linked_to(platform, external_id))


def _instant(bound: date | datetime) -> datetime:
    """A date begins at midnight of the cabinet."""
    return bound if isinstance(bound, datetime) else datetime(bound.year, bound.month, bound.day, tzinfo=current_zone())


def _check_who(body: dict[str, Any]) -> None:
    """Exactly one of patient and patient_details; without a hold, what and when."""
    if body["patient"] and body["patient_details"]:
        raise Invalid([Flaw("/patient_details", "patient-twice", _("Donnez patient ou patient_details, l’un des deux."))])
    needed = () if body["hold"] else ("visit_reason", "start")
    missing = [name for name in needed if body[name] is None]
    if not body["patient"] and not body["patient_details"]:
        missing.append("patient")
    if missing:
        raise Invalid([Flaw(f"/{name}", "required", _("Ce champ est obligatoire.")) for name in missing])


def motive_of(call: Call) -> str | None:
    """The motive with which the staff insists; other keys cannot write it."""
    insist = call.body.get("insist")
    if insist and not call.caller.staff:
        raise Invalid([Flaw("/insist", "not-writable", _("Réservé aux clés du cabinet."))])
    return insist["reason"] if insist else None


def source_of(call: Call) -> str:
    """Where the visit is said to come from; another source than the partner itself needs a settings scope."""
    source = call.body["source"] or PARTNER_SOURCE
    if source != PARTNER_SOURCE:
        call.caller.need("settings:read")
    return str(source)


def _patient_of(call: Call, details: dict[str, Any]) -> UUID:
    """The known patient whom the details name, or a new provisional file."""
    try:
        who = PatientDetails(**details)
        require_contact(who)
        return find_or_register(who, by=actor_of(call).name, now=call.now)[0].id
    except MediDeskError as error:
        error.pointer = "/patient_details" + (error.pointer or "")
        raise
