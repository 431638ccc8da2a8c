"""Ending an offer: its time is free again, its person waits again, and the round goes on with the next."""

from contextlib import suppress
from datetime import datetime

from agenda.actors import Actor
from agenda.errors import HoldGone
from agenda.models import WaitingListEntry, WaitingOffer
from agenda.scheduling import release_hold
from agenda.waiting_list.entries import save_entry
from agenda.waiting_list.rounds import KIND, proceed
from medidesk.due.pointers import unpoint
from medidesk.messaging.ledger import cancel_messages_of


def end_offer(offer: WaitingOffer, state: str, *, by: str, now: datetime, go_on: bool = True) -> None:
    """End an open offer, locked by the caller with its entry (the entry first). `go_on`: the next candidate's turn."""
    settle_offer(offer, state, by=by, now=now)
    with suppress(HoldGone):  # it has run out, or somebody has given it back: the time is free all the same
        release_hold(hold_id=offer.hold_id, actor=Actor.system(), now=now)
    cancel_messages_of(offer.id, why=state)
    entry = WaitingListEntry.objects.get(pk=offer.entry_id)
    if entry.state == WaitingListEntry.State.OFFERED:
        entry.state = WaitingListEntry.State.WAITING
        save_entry(entry, now, "state")
    if go_on and offer.freed_id:
        proceed([offer.freed_id], now, now)


def settle_offer(offer: WaitingOffer, state: str, *, by: str, now: datetime) -> None:
    """Note how the offer ended; nothing is due of it any more."""
    offer.state, offer.answered_at, offer.answered_by = WaitingOffer.State(state), now, by
    offer.save(update_fields=["state", "answered_at", "answered_by"])
    unpoint(KIND, [offer.id])
