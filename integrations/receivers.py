"""News of the diary, written down for every connection concerned, inside the transaction of the act."""

from typing import Any
from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import receiver

from agenda.models import Absence, Appointment, Hold
from agenda.signals import appointment_changed, hold_changed
from integrations.comparison.pulling import look_soon
from integrations.models import ExternalReference
from integrations.outgoing import outbox
from integrations.outgoing.listeners import nobody_listens
from medidesk import clock

# Acts after which no platform sees anything else than before.
SILENT_ACTS = {"lane", "patient", "arrived", "in_consultation", "recognised"}


@receiver(appointment_changed, dispatch_uid="integrations-appointment")
def note_appointment(
    appointment: Appointment,
    act: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    origin: str,
    fresh: bool = False,
    **_rest: Any,
) -> None:
    """One row per connection that shows one of the practitioners concerned, but for the one that told us.

    None for what was over when it came.
    """
    is_history = act == "imported" and appointment.end <= appointment.created_at
    if act not in SILENT_ACTS and not is_history:
        practitioners = {UUID(state["practitioner"]) for state in (before, after) if state}
        if nobody_listens(practitioners, origin):
            return
        outbox.tell_all(practitioners, appointment.id, act=act, now=clock.now(), but=origin, fresh=fresh)


@receiver(post_save, sender=Absence, dispatch_uid="integrations-absence")
def note_absence(**_rest: Any) -> None:
    """Somebody is away, or is not any more: what is closed on the platforms is compared at once."""
    look_soon(clock.now())


@receiver(hold_changed, dispatch_uid="integrations-hold")
def note_hold(hold: Hold, act: str, appointment: Appointment | None = None, **_rest: Any) -> None:
    """A hold closes its time as a visit does; used, it hands its closed times over to the visit."""
    if act == "used" and appointment is not None:
        outbox.hand_over(hold.id, appointment.id)
        ExternalReference.objects.filter(hold=hold).update(hold=None, appointment=appointment)
    elif act != "extended":
        outbox.tell_all({hold.practitioner_id}, hold.id, act=act, now=clock.now(), is_hold=True)
