"""What the waiting list does by itself: offers that ended unanswered, rounds whose next step is due, wishes that are over."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from agenda.models import FreedTime, WaitingListEntry, WaitingOffer
from agenda.models.waiting_list import STANDING
from agenda.waiting_list.answering import lapse
from agenda.waiting_list.entries import lock_entry, save_entry
from agenda.waiting_list.offering import offer_next
from agenda.waiting_list.ranking import booked_otherwise
from agenda.waiting_list.rounds import KIND
from agenda.waiting_list.wishes import is_over
from medidesk.db.locks import again_after_deadlock
from medidesk.due.models import DuePointer
from medidesk.due.pointers import unpoint

MOST_AT_ONCE = 100


def tend(now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Do what is due in this cabinet, each thing in a transaction of its own; answers how many things were looked at.

    An offer that lapses makes its round due at once: it is looked at in the same run.
    """
    done = 0
    while done < limit:
        due = DuePointer.objects.filter(schema=connection.schema_name, kind=KIND, due_at__lte=now).order_by("due_at", "id")
        references = list(due.values_list("reference", flat=True)[: limit - done])
        if not references:
            break
        for reference in references:
            again_after_deadlock(partial(_step, reference, now))
        done += len(references)
    return done


def _step(reference: UUID, now: datetime) -> None:
    if WaitingOffer.objects.filter(pk=reference).exists():
        if not lapse(reference, now=now):
            _forget_settled(reference, now)
    elif FreedTime.objects.filter(pk=reference).exists():
        offer_next(reference, now)
    else:
        unpoint(KIND, [reference])


def _forget_settled(offer_id: UUID, now: datetime) -> None:
    """A pointer that outlived its offer (a restored cabinet) leads nowhere."""
    if not WaitingOffer.objects.filter(pk=offer_id, state=WaitingOffer.State.OPEN).exists():
        unpoint(KIND, [offer_id])


def settle_wishes(now: datetime) -> int:
    """Close the wishes that are over: their dates are past, their visit has come or is cancelled, or the patient booked otherwise;
    answers how many."""
    rows = list(WaitingListEntry.objects.filter(state=WaitingListEntry.State.WAITING, deleted_at=None).select_related("appointment"))
    booked = booked_otherwise(rows, now)
    over = [row.id for row in rows if row.id in booked or is_over(row, now)]
    return sum(_settle(one, booked.get(one), now) for one in over)


@transaction.atomic
def _settle(entry_id: UUID, visit_id: UUID | None, now: datetime) -> bool:
    entry = lock_entry(entry_id)
    if entry.state not in STANDING or entry.state == WaitingListEntry.State.OFFERED:
        return False
    entry.state = WaitingListEntry.State.BOOKED if visit_id else WaitingListEntry.State.EXPIRED
    entry.booked_id = visit_id
    save_entry(entry, now, "state", "booked")
    return True
