"""Joining the cabinet's waiting list from its site, and the offers that come of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agenda.actors import Actor
from agenda.models import Appointment, Practitioner, VisitReason, WaitingListEntry, WaitingOffer
from agenda.models.waiting_list import STANDING
from agenda.waiting_list.joining import join, withdraw
from agenda.waiting_list.links import digest_of
from booking.changes import may_change
from booking.choices import online_reasons
from booking.errors import LinkNotValid, TooLateToChange
from booking.holds import SOURCE
from booking.identity import Identity
from patients.registration import find_or_register


def reasons_to_wait_for() -> list[VisitReason]:
    """The reasons that patients may take online."""
    return [one for one in online_reasons() if one.bookable_by != "staff"]


def practitioners_online() -> list[Practitioner]:
    """Those whom patients may choose."""
    return list(Practitioner.objects.filter(deleted_at=None, bookable_online=True))


@transaction.atomic
def wait_for(identity: Identity, wish: dict[str, Any], *, now: datetime) -> WaitingListEntry:
    """Put this person on the list. Raises AlreadyWaiting, and Refused as `join` does."""
    patient, _created = find_or_register(identity.details, by=Actor.patient().name, now=now)
    note = " ".join(part for part in (identity.relationship, identity.note) if part)
    return join(patient_id=patient.id, actor=Actor.patient(), source=SOURCE, now=now, note=note, **wish)


def wait_for_earlier(visit: Appointment, wish: dict[str, Any], *, now: datetime) -> WaitingListEntry:
    """Look for an earlier time for a visit. Raises TooLateToChange, AlreadyWaiting, and Refused as `join` does."""
    if not may_wait_for_earlier(visit, now) or visit.patient_id is None:
        raise TooLateToChange
    return join(patient_id=visit.patient_id, appointment_id=visit.id, actor=Actor.patient(), source=SOURCE, now=now, **wish)


def may_wait_for_earlier(visit: Appointment, now: datetime) -> bool:
    """May the patient still change the visit, and is it known what for and for whom?"""
    return visit.patient_id is not None and visit.visit_reason_id is not None and may_change(visit, now)


def waiting_for_earlier(visit: Appointment) -> WaitingListEntry | None:
    """The wish to have this visit earlier, while it stands."""
    return WaitingListEntry.objects.filter(appointment=visit, state__in=STANDING, deleted_at=None).first()


def stop_waiting(entry: WaitingListEntry, *, now: datetime) -> None:
    """The patient keeps the visit as it is."""
    withdraw(entry_id=entry.id, actor=Actor.patient(), now=now)


def offer_of(token: str) -> WaitingOffer:
    """The offer of that link. Raises LinkNotValid."""
    related = WaitingOffer.objects.select_related("practitioner", "site", "entry__appointment", "entry__booked")
    offer = related.filter(token_digest=digest_of(token)).first()
    if offer is None:
        raise LinkNotValid
    return offer
