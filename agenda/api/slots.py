"""Free times over REST: the hot door. One query when the caches are warm, then text that was made before."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from orjson import Fragment

from agenda.api.references import must_exist
from agenda.errors import UnknownReference
from agenda.free_times.availability import Offer, free_slots, free_slots_of_each, next_slot
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.free_times.schedule import current_schedule, kept_schedule
from medidesk.api.doors import Answer, Call
from medidesk.api.fields import Flaw
from medidesk.api.problems import Invalid
from medidesk.cabinets.current import current_cabinet, current_zone
from patients.models import Patient

MOST_DAYS = 92
MOST_BULK_DAYS = 31


def list_slots(call: Call) -> Answer:
    """The free times of a window, by practitioner and site."""
    query = call.query
    if not timedelta(0) <= query["to"] - query["from"] <= timedelta(days=MOST_DAYS):
        raise Invalid([Flaw("/to", "window-not-valid", _("La fenêtre va de from à to, 92 jours au plus."))])
    offers = free_slots(start_date=query["from"], end_date=query["to"], visit_reason_id=query["visit_reason"], **_search(call))
    _check_filters(query)
    return Answer.json(_shown(query, query["visit_reason"], offers))


def list_slots_in_bulk(call: Call) -> Answer:
    """The free times for several reasons at once: what `list_slots` answers for each, in the order asked."""
    query = call.query
    if not timedelta(0) <= query["to"] - query["from"] <= timedelta(days=MOST_BULK_DAYS):
        raise Invalid([Flaw("/to", "window-not-valid", _("La fenêtre va de from à to, 31 jours au plus."))])
    reasons = list(dict.fromkeys(query["visit_reason"]))
    if not reasons:
        raise Invalid([Flaw("/visit_reason", "required", _("Ce champ est obligatoire."))])
    each = free_slots_of_each(start_date=query["from"], end_date=query["to"], visit_reason_ids=reasons, **_search(call))
    _check_filters(query)
    return Answer.json({"results": [_shown(query, reason, offers) for reason, offers in zip(reasons, each, strict=True)]})


def _shown(query: dict[str, Any], reason_id: UUID, offers: list[Offer]) -> dict[str, Any]:
    """One reason's free times in the contract's shape."""
    return {
        "visit_reason": reason_id,
        "time_zone": current_cabinet().time_zone,
        "from": query["from"],
        "to": query["to"],
        "practitioners": [
            {
                "id": offer.practitioner_id,
                "site": offer.site_id,
                "duration_minutes": offer.duration_minutes,
                "slots": Fragment(offer.free.json),
            }
            for offer in offers
        ],
    }


def first_slot(call: Call) -> Answer:
    """The first free time, however far a horizon may reach."""
    found = next_slot(start_date=call.query["from"], visit_reason_id=call.query["visit_reason"], **_search(call))
    _check_filters(call.query)
    if found is None:
        return Answer.json({"slot": None})
    zone = current_zone()
    start, end = found.start.astimezone(zone), found.end.astimezone(zone)
    return Answer.json({"slot": {"practitioner": found.practitioner_id, "site": found.site_id, "start": start, "end": end}})


def explain_slot(call: Call) -> Answer:
    """Why this time is not offered: every rule that refuses, in the contract's order."""
    query = call.query
    if query["site"] is not None and query["site"] not in current_schedule().postal_codes:
        raise UnknownReference("/site")
    refusals = explain(
        visit_reason_id=query["visit_reason"],
        practitioner_id=query["practitioner"],
        start=query["start"],
        site_id=query["site"],
        visitor=_visitor(call),
        now=call.now,
    )
    shown = [{"code": one.code, "detail": one.detail} for one in refusals]
    return Answer.json({"bookable": all(one.severity == "warn" for one in refusals), "refusals": shown})


def _search(call: Call) -> dict[str, Any]:
    query = call.query
    return {
        "practitioner_ids": query["practitioner"],
        "site_id": query["site"],
        "visitor": _visitor(call),
        "now": call.now,
    }


def _visitor(call: Call) -> Visitor:
    """For whom: `patient` wins over `patient_status`; with neither, somebody new."""
    status, patient_id = call.query["patient_status"], call.query["patient"]
    if patient_id is not None:
        status = known_status(patient_id, call)
    return Visitor(status=status, staff=call.caller.staff, channel=call.query["channel"], patient_id=patient_id)


def known_status(patient_id: UUID, call: Call) -> Literal["known", "new"]:
    """`known` or `new`. Raises UnknownReference."""
    must_exist(Patient, [patient_id], "/patient")
    return "known" if is_known(patient_id, call.now) else "new"


def _check_filters(query: dict[str, Any]) -> None:
    """Unknown ids, looked for in the schedule that the search has just used: no further query."""
    schedule = kept_schedule() or current_schedule()
    if any(one not in schedule.practitioners for one in query["practitioner"] or ()):
        raise UnknownReference("/practitioner")
    if query["site"] is not None and query["site"] not in schedule.postal_codes:
        raise UnknownReference("/site")
