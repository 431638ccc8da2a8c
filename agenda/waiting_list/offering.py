"""Proposing a held time: to the next candidate of a round by itself, or to anybody by hand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute, epoch_minute_up
from agenda.errors import ResourceTaken, SlotTaken
from agenda.free_times.busy import read_busy
from agenda.models import FreedTime, WaitingListEntry, WaitingListRules, WaitingOffer
from agenda.reach import channel_for
from agenda.scheduling import hold_slot
from agenda.scheduling.holds import MOST_MINUTES
from agenda.waiting_list.ending import end_offer
from agenda.waiting_list.entries import lock_entry, save_entry
from agenda.waiting_list.errors import NotWaiting, NoWayToReach, OfferGone, QuietHours
from agenda.waiting_list.links import digest_of, token_of
from agenda.waiting_list.ranking import Candidate, in_order
from agenda.waiting_list.rounds import KIND, close, has_room, proceed, rules
from medidesk.cabinets.current import current_zone
from medidesk.due.pointers import point, unpoint
from medidesk.errors import Refused
from medidesk.messaging.hours import by_day
from medidesk.messaging.ledger import Plan, plan_message

COMPOSER = "waiting-list"
OFFERED, TOO_LATE = "waiting-offer", "waiting-gone"
ABOUT = "waiting-offer"
SPARE_MINUTES = 2  # the hold outlasts the answer's delay a little: an answer in time always finds it
# The cabinet's own offer: warned like the staff, by nobody in particular.
CABINET = Actor("medidesk", "staff")


def answer_minutes(known: WaitingListRules, start: datetime, now: datetime) -> int:
    """How long somebody has to answer: shorter when the time is near, and never past its start."""
    near = start - now < timedelta(hours=known.near_hours)
    wanted = known.near_answer_minutes if near else known.answer_minutes
    return max(1, min(wanted, int((start - now).total_seconds() // 60)))


@transaction.atomic
def offer_next(freed_id: UUID, now: datetime) -> WaitingOffer | None:
    """Do the next step of a round: propose the time to the first candidate who can be told, or end the round. Where there is room for
    another, the next step is due at once. Run twice, or after the round is over, it does nothing more. At night it waits for the
    morning."""
    freed = FreedTime.objects.select_for_update().filter(pk=freed_id, state=FreedTime.State.OPEN).first()
    known = rules()
    if freed is None or not known.automatic or not has_room(freed):
        unpoint(KIND, [freed_id])
        return None
    if freed.end <= now + timedelta(minutes=known.lead_minutes):
        close(freed, FreedTime.State.LATE)
        return None
    if (morning := by_day(now, current_zone())) > now:
        proceed([freed.id], morning, now)
        return None
    for candidate in in_order(freed, now, lead_minutes=known.lead_minutes):
        if candidate.channel and (offer := _try(freed, candidate, known, now)) is not None:
            _next_or_wait(freed, now)
            return offer
    _end(freed, now)
    return None


def go_on_after_yes(freed: FreedTime, now: datetime) -> None:
    """An offer of the round was accepted: the round ends, unless others are being asked or there is room for them."""
    if freed.state == FreedTime.State.OPEN and (has_room(freed) or _asks_others(freed)):
        _next_or_wait(freed, now)
    else:
        close(freed, FreedTime.State.FILLED)


def _next_or_wait(freed: FreedTime, now: datetime) -> None:
    if has_room(freed):
        proceed([freed.id], now, now)
    else:
        unpoint(KIND, [freed.id])


def _end(freed: FreedTime, now: datetime) -> None:
    """Nobody more can be asked: the round is over, unless somebody still has to answer."""
    if _asks_others(freed):
        unpoint(KIND, [freed.id])
    elif freed.offers.filter(state=WaitingOffer.State.ACCEPTED).exists():
        close(freed, FreedTime.State.FILLED)
    else:
        close(freed, FreedTime.State.NOBODY if _is_free(freed, now) else FreedTime.State.TAKEN)


def _asks_others(freed: FreedTime) -> bool:
    return freed.offers.filter(state=WaitingOffer.State.OPEN).exists()


@transaction.atomic
def offer_to(
    *,
    entry_id: UUID,
    practitioner_id: UUID,
    start: datetime,
    actor: Actor,
    now: datetime,
    channel: str | None = None,
    minutes: int | None = None,
    freed_id: UUID | None = None,
) -> WaitingOffer:
    """Propose a time by hand, by the patient's own channel or by telephone (then somebody calls, and notes the answer).

    Raises NoSuchEntry, NotWaiting, NoWayToReach, QuietHours, and what `hold_slot` raises.
    """
    entry = lock_entry(entry_id)
    if entry.state != WaitingListEntry.State.WAITING:
        raise NotWaiting
    way = channel or channel_for(entry.patient)
    if way is None or (way != WaitingOffer.Channel.PHONE and way != channel_for(entry.patient)):
        raise NoWayToReach
    if way != WaitingOffer.Channel.PHONE and by_day(now, current_zone()) > now:
        raise QuietHours
    freed = FreedTime.objects.filter(pk=freed_id, state=FreedTime.State.OPEN).first() if freed_id else None
    delay = minutes or answer_minutes(rules(), start, now)
    return _place(entry, practitioner_id, start, None, way, delay, actor, now, freed)


@transaction.atomic
def stop_offer(*, offer_id: UUID, actor: Actor, now: datetime) -> WaitingOffer:
    """Take an offer back, and offer its time to nobody else. Raises OfferGone when it has ended."""
    offer = lock_offer(offer_id)
    if offer.state != WaitingOffer.State.OPEN:
        raise OfferGone
    end_offer(offer, WaitingOffer.State.STOPPED, by=actor.name, now=now, go_on=False)
    if offer.freed is not None and offer.freed.state == FreedTime.State.OPEN:
        close(offer.freed, FreedTime.State.STOPPED)
    return offer


@transaction.atomic
def stop_round(*, freed_id: UUID, actor: Actor, now: datetime) -> None:
    """Offer this time to nobody; an offer that is open ends."""
    for current in WaitingOffer.objects.filter(freed_id=freed_id, state=WaitingOffer.State.OPEN).values_list("id", flat=True):
        stop_offer(offer_id=current, actor=actor, now=now)
    freed = FreedTime.objects.filter(pk=freed_id, state=FreedTime.State.OPEN).first()
    if freed is not None:
        close(freed, FreedTime.State.STOPPED)


def lock_offer(offer_id: UUID) -> WaitingOffer:
    """The offer and its entry, nobody else writing on them (the entry first: everybody's order). Raises OfferGone when unknown."""
    entry_id = WaitingOffer.objects.filter(pk=offer_id).values_list("entry_id", flat=True).first()
    if entry_id is None:
        raise OfferGone
    WaitingListEntry.objects.select_for_update().get(pk=entry_id)
    return WaitingOffer.objects.select_for_update(of=("self",)).select_related("entry", "freed").get(pk=offer_id)


def _try(freed: FreedTime, candidate: Candidate, known: WaitingListRules, now: datetime) -> WaitingOffer | None:
    """Propose to this one; None when somebody else is just writing on the entry, or the time is gone."""
    rows = WaitingListEntry.objects.select_for_update(skip_locked=True, of=("self",)).select_related("patient", "appointment")
    entry = rows.filter(pk=candidate.entry.id, state=WaitingListEntry.State.WAITING, deleted_at=None).first()
    if entry is None or candidate.channel is None:
        return None
    delay = answer_minutes(known, candidate.start, now)
    try:
        with transaction.atomic():
            return _place(entry, freed.practitioner_id, candidate.start, candidate.site_id, candidate.channel, delay, CABINET, now, freed)
    except (SlotTaken, ResourceTaken, Refused):
        return None


def _place(
    entry: WaitingListEntry, practitioner_id: UUID, start: datetime, site_id: UUID | None, channel: str, minutes: int, actor: Actor,
    now: datetime, freed: FreedTime | None,
) -> WaitingOffer:  # fmt: skip
    """Hold the time, write the offer, plan its message, point at the end of the delay."""
    hold = hold_slot(
        visit_reason_id=entry.visit_reason_id, start=start, practitioner_id=practitioner_id, site_id=site_id, actor=actor,
        source=entry.source, now=now, minutes=min(MOST_MINUTES, minutes + SPARE_MINUTES), visitor_status="known",
    )  # fmt: skip
    key = uuid4()
    values: dict[str, Any] = {
        "entry": entry, "freed": freed, "hold": hold, "practitioner_id": practitioner_id, "site_id": hold.site_id, "start": hold.start,
        "end": hold.end, "sent_at": now, "answer_by": now + timedelta(minutes=minutes), "channel": channel, "offered_by": actor.name,
    }  # fmt: skip
    offer = WaitingOffer.objects.create(id=key, token_digest=digest_of(token_of(key)), **values)
    entry.state = WaitingListEntry.State.OFFERED
    save_entry(entry, now, "state")
    point(KIND, [offer.id], offer.answer_by)
    if channel != WaitingOffer.Channel.PHONE:
        plan_message(Plan(kind=OFFERED, channel=channel, due_at=now, about=offer.id, about_kind=ABOUT, composer=COMPOSER), now=now)
    return offer


def _is_free(freed: FreedTime, now: datetime) -> bool:
    span = (epoch_minute(freed.start), epoch_minute_up(freed.end))
    return read_busy([freed.practitioner_id], span, now)[freed.practitioner_id].is_free(*span)
