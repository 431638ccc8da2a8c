"""A visit as the REST contract shows it."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from agenda.external import Links, links_of
from agenda.free_times.rules import Refusal
from agenda.free_times.schedule import kept_schedule
from agenda.models import Appointment, Lane, Occupancy, Status
from medidesk.api.doors import Answer
from medidesk.api.kinds import Schema
from medidesk.api.shapes import ID, INSTANT, INTEGER, NULLABLE_ID, NULLABLE_TEXT, TEXT, list_of, object_of
from medidesk.cabinets.current import current_zone

WARNING: Schema = object_of(code=TEXT, detail=TEXT)
CANCELLATION: Schema = {"anyOf": [object_of(by=TEXT, reason=TEXT, at=INSTANT), {"type": "null"}]}
APPOINTMENT: Schema = {
    "title": "Appointment",
    **object_of(
        id=ID,
        version=INTEGER,
        status={"type": "string", "enum": list(Status.values)},
        lane={"type": "string", "enum": list(Lane.values)},
        start=INSTANT,
        end=INSTANT,
        practitioner=ID,
        site=NULLABLE_ID,
        resources=list_of(ID),
        visit_reason=NULLABLE_ID,
        patient=NULLABLE_ID,
        source=TEXT,
        booked_by=TEXT,
        cancellation=CANCELLATION,
        external=list_of(object_of(platform=TEXT, id=TEXT)),
        created_at=INSTANT,
        updated_at=INSTANT,
    ),
}
BOOKED: Schema = {**APPOINTMENT, "properties": {**APPOINTMENT["properties"], "warnings": list_of(WARNING)}}
LISTING: Schema = object_of(results=list_of(APPOINTMENT), next=NULLABLE_TEXT)


def render(appointments: list[Appointment], *, new: bool = False) -> list[dict[str, Any]]:
    """The JSON of these visits: one query for rooms whatever their number, and what the links ask.

    `new` ones, booked in this transaction, have no links yet, and often no rooms: nothing is asked then.
    """
    ids = [one.id for one in appointments]
    links: Links = links_of(ids) if ids and not new else {}
    rooms = _rooms_of([one for one in appointments if not (new and _needs_no_room(one))])
    zone = current_zone()
    return [
        {
            "id": one.id,
            "version": one.version,
            "status": one.status,
            "lane": one.lane,
            "start": one.start.astimezone(zone),
            "end": one.end.astimezone(zone),
            "practitioner": one.practitioner_id,
            "site": one.site_id,
            "resources": rooms[one.id],
            "visit_reason": one.visit_reason_id,
            "patient": one.patient_id,
            "source": one.source,
            "booked_by": one.booked_by,
            "cancellation": _cancellation(one),
            "external": links.get(one.id, []),
            "created_at": one.created_at,
            "updated_at": one.updated_at,
        }
        for one in appointments
    ]


def answer(appointment: Appointment, status: int = 200, warnings: list[Refusal] | None = None) -> Answer:
    """One visit with its ETag; a new one also with its Location, and what the staff passed over."""
    shown = render([appointment], new=status == 201 and appointment.version == 1)[0]
    if warnings is not None:
        shown["warnings"] = [{"code": one.code, "detail": one.detail} for one in warnings]
    location = f"/api/v1/appointments/{appointment.id}" if status == 201 else ""
    return Answer.json(shown, status, version=appointment.version, location=location)


def _cancellation(one: Appointment) -> dict[str, Any] | None:
    if one.status != Status.CANCELLED:
        return None
    return {"by": one.cancelled_by, "reason": one.cancellation_reason, "at": one.cancelled_at}


def _rooms_of(appointments: list[Appointment]) -> dict[UUID, list[UUID]]:
    """The rooms and devices that each visit takes."""
    rooms: dict[UUID, list[UUID]] = defaultdict(list)
    practitioners = {one.id: one.practitioner_id for one in appointments}
    if not practitioners:
        return rooms
    rows = Occupancy.objects.filter(appointment_id__in=practitioners).order_by("id").values_list("appointment_id", "resource")
    for appointment_id, resource in rows:
        if resource != practitioners[appointment_id]:
            rooms[appointment_id].append(resource)
    return rooms


def _needs_no_room(one: Appointment) -> bool:
    """Was a visit that has just been booked for a reason that needs no room or device?"""
    schedule = kept_schedule()
    reason = schedule.reasons.get(one.visit_reason_id) if schedule and one.visit_reason_id else None
    return reason is not None and not reason.kinds
