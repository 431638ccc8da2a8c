"""The one time that a visitor keeps while filling the form."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.errors import HoldGone
from agenda.models import Appointment, Hold, Status, VisitReason
from agenda.scheduling import extend_hold, hold_slot, release_hold
from booking.errors import NothingHeld
from booking.visitor import Draft

MINUTES = 15
SOURCE = "website"


@transaction.atomic
def hold_time(draft: Draft, *, now: datetime) -> Hold:
    """Keep the draft's time, in place of the one kept before (which stays when this fails). Raises what hold_slot raises."""
    before = active_hold(draft, now)
    if before and _is_same(before, draft):
        return before
    if before:
        release_hold(hold_id=before.id, actor=Actor.patient(), now=now)
    hold = hold_slot(
        visit_reason_id=UUID(draft.visit_reason),
        start=datetime.fromisoformat(draft.start),
        practitioner_id=UUID(draft.practitioner) if draft.practitioner else None,
        site_id=UUID(draft.site) if draft.site else None,
        visitor_status="known" if draft.known else "new",
        minutes=MINUTES,
        actor=Actor.patient(),
        source=SOURCE,
        now=now,
    )
    draft.hold, draft.practitioner = str(hold.id), str(hold.practitioner_id)
    return hold


def held(draft: Draft, *, now: datetime) -> Hold:
    """The hold of the draft; when it has ended, the same time taken again without a word if it is still free.

    Raises NothingHeld when nothing was chosen, SlotTaken or Refused when the time is gone.
    """
    if not draft.start:
        raise NothingHeld
    return active_hold(draft, now) or hold_time(draft, now=now)


def prolong(draft: Draft, *, now: datetime) -> Hold:
    """Fifteen minutes more, never past an hour after the choice."""
    try:
        return extend_hold(hold_id=held(draft, now=now).id, minutes=MINUTES, now=now)
    except HoldGone:
        return hold_time(draft, now=now)


def let_go(draft: Draft, *, now: datetime) -> None:
    """Give the time back, if it is still kept."""
    if active_hold(draft, now):
        release_hold(hold_id=UUID(draft.hold), actor=Actor.patient(), now=now)
    draft.hold = ""


def active_hold(draft: Draft, now: datetime) -> Hold | None:
    """The draft's hold while it lasts."""
    if not draft.hold:
        return None
    return Hold.objects.filter(pk=draft.hold, state=Hold.State.ACTIVE, expires_at__gt=now).select_related("practitioner", "site").first()


def booked_from(draft: Draft) -> Appointment | None:
    """The visit that this visitor's hold has become: the same form sent twice gets the first answer twice."""
    hold = Hold.objects.filter(pk=draft.hold, state=Hold.State.USED).first() if draft.hold else None
    if hold is None:
        return None
    visits = Appointment.objects.filter(practitioner_id=hold.practitioner_id, start=hold.start, source=SOURCE)
    return visits.exclude(status=Status.CANCELLED).first()


def held_facts(hold: Hold) -> dict[str, object]:
    """What a page says of the held time."""
    reason = VisitReason.objects.select_related("advice").get(pk=hold.visit_reason_id)
    minutes = int((hold.end - hold.start).total_seconds() // 60)
    return {"hold": hold, "reason": reason, "minutes": minutes, "advice": getattr(reason, "advice", None)}


def _is_same(hold: Hold, draft: Draft) -> bool:
    same_time = hold.start == datetime.fromisoformat(draft.start) and str(hold.visit_reason_id) == draft.visit_reason
    return same_time and draft.practitioner in ("", str(hold.practitioner_id))
