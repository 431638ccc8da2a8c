"""The answer to an offer: yes, no, or none in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.models import Appointment, WaitingListEntry, WaitingOffer
from agenda.scheduling import book_appointment
from agenda.scheduling.moving_to_hold import move_to_hold
from agenda.waiting_list.ending import end_offer, settle_offer
from agenda.waiting_list.entries import save_entry
from agenda.waiting_list.errors import OfferGone
from agenda.waiting_list.offering import go_on_after_yes, lock_offer
from agenda.waiting_list.wishes import MOVABLE
from medidesk.db.locks import again_after_deadlock
from medidesk.errors import Conflicting, Refused

# The patient says yes to what the cabinet proposes: nothing is to be validated any more, the staff's warnings hold nobody up.
PATIENT = Actor("patient", "staff")


def accept(offer_id: UUID, *, now: datetime, actor: Actor = PATIENT) -> Appointment:
    """Book the held time, or move the patient's own visit there; said twice, the first answer counts twice.

    Raises OfferGone when the offer has ended or its time is no longer to be had: the patient then waits on.
    """
    visit = again_after_deadlock(lambda: _accept(offer_id, actor, now))
    if visit is None:
        raise OfferGone
    return visit


@transaction.atomic
def decline(offer_id: UUID, *, now: datetime, actor: Actor = PATIENT) -> WaitingOffer:
    """Not this time: the next candidate's turn, the patient waits on. Said twice, nothing more happens. Raises OfferGone when it has
    ended otherwise."""
    offer = lock_offer(offer_id)
    if offer.state == WaitingOffer.State.DECLINED:
        return offer
    if offer.state != WaitingOffer.State.OPEN:
        raise OfferGone
    end_offer(offer, WaitingOffer.State.DECLINED, by=actor.name, now=now)
    return offer


@transaction.atomic
def lapse(offer_id: UUID, *, now: datetime) -> bool:
    """End an offer whose delay is over; False when there is nothing to end yet, or any more."""
    offer = lock_offer(offer_id)
    if offer.state != WaitingOffer.State.OPEN or offer.answer_by > now:
        return False
    end_offer(offer, WaitingOffer.State.LAPSED, by="", now=now)
    return True


@transaction.atomic
def _accept(offer_id: UUID, actor: Actor, now: datetime) -> Appointment | None:
    offer = lock_offer(offer_id)
    if offer.state == WaitingOffer.State.ACCEPTED:
        return offer.entry.booked
    if offer.state != WaitingOffer.State.OPEN or offer.answer_by <= now:
        return None
    try:
        with transaction.atomic():
            visit = _take(offer, actor, now)
    except (Conflicting, Refused):
        end_offer(offer, WaitingOffer.State.GONE, by=actor.name, now=now)
        return None
    settle_offer(offer, WaitingOffer.State.ACCEPTED, by=actor.name, now=now)
    entry = offer.entry
    entry.state, entry.booked = WaitingListEntry.State.BOOKED, visit
    save_entry(entry, now, "state", "booked")
    if offer.freed is not None:
        go_on_after_yes(offer.freed, now)
    return visit


def _take(offer: WaitingOffer, actor: Actor, now: datetime) -> Appointment:
    """The held time becomes the patient's: the visit that was to come earlier moves there, or a new one is booked."""
    entry = offer.entry
    present = entry.appointment
    if present is not None and present.status in MOVABLE and present.start > now:
        return move_to_hold(appointment_id=present.id, hold_id=offer.hold_id, actor=actor, now=now)
    return book_appointment(hold_id=offer.hold_id, patient_id=entry.patient_id, actor=actor, source=entry.source, now=now).appointment
