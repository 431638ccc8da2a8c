"""Holds over REST: keep a slot for some minutes, give it back."""

from agenda.api.appointments import PARTNER_SOURCE, actor_of
from agenda.api.slots import known_status
from agenda.models import Hold
from agenda.scheduling import hold_slot, release_hold
from medidesk.api.doors import Answer, Call, path_id
from medidesk.api.problems import not_found
from medidesk.cabinets.current import current_zone


def find(call: Call) -> Hold:
    """A living hold of this key (of anybody, for a key of the cabinet)."""
    hold = Hold.objects.filter(pk=path_id(call), state=Hold.State.ACTIVE, expires_at__gt=call.now).first()
    if hold is None or not (call.caller.staff or hold.placed_by == actor_of(call).name):
        raise not_found()
    return hold


def place(call: Call) -> Answer:
    """A slot, kept."""
    body = call.body
    hold = hold_slot(
        visit_reason_id=body["visit_reason"],
        start=body["start"],
        practitioner_id=body["practitioner"],
        site_id=body["site"],
        minutes=body["minutes"],
        visitor_status=known_status(body["patient"], call) if body["patient"] else "new",
        actor=actor_of(call),
        source=PARTNER_SOURCE,
        now=call.now,
    )
    zone = current_zone()
    shown = {
        "id": hold.id,
        "practitioner": hold.practitioner_id,
        "site": hold.site_id,
        "visit_reason": hold.visit_reason_id,
        "start": hold.start.astimezone(zone),
        "end": hold.end.astimezone(zone),
        "minutes": body["minutes"],
        "expires_at": hold.expires_at.astimezone(zone),
    }
    return Answer.json(shown, 201, location=f"/api/v1/holds/{hold.id}")


def release(call: Call) -> Answer:
    """The slot, given back."""
    release_hold(hold_id=call.subject.id, actor=actor_of(call), now=call.now)
    return Answer(204)
