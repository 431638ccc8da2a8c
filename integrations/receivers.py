"""News of the diary, written down for every connection concerned, inside the transaction of the act."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from agenda.models import Appointment, Hold
from agenda.signals import appointment_changed, hold_changed
from integrations import outbox
from integrations.models import Connection, ExternalReference, Mode
from medidesk import clock

# Acts after which no platform sees anything else than before.
SILENT_ACTS = {"lane", "patient", "arrived", "in_consultation"}


@receiver(appointment_changed, dispatch_uid="integrations-appointment")
def note_appointment(
    appointment: Appointment, act: str, before: dict[str, Any] | None, after: dict[str, Any], origin: str, **_rest: Any
) -> None:
    """One row per connection that shows one of the practitioners concerned, but for the one that told us."""
    if act in SILENT_ACTS:
        return
    practitioners = {UUID(state["practitioner"]) for state in (before, after) if state}
    concerned = [each for each in _concerned(practitioners) if each.origin != origin]
    if concerned:
        outbox.tell(concerned, appointment.id, act=act, now=clock.now(), fresh=act == "imported")


@receiver(hold_changed, dispatch_uid="integrations-hold")
def note_hold(hold: Hold, act: str, appointment: Appointment | None = None, **_rest: Any) -> None:
    """A hold closes its time as a visit does; used, it hands its closed times over to the visit."""
    if act == "extended":
        return
    if act == "used" and appointment is not None:
        outbox.hand_over(hold.id, appointment.id)
        ExternalReference.objects.filter(hold=hold).update(hold=None, appointment=appointment)
        return
    concerned = _concerned({hold.practitioner_id})
    if concerned:
        outbox.tell(concerned, hold.id, act=act, now=clock.now(), is_hold=True, fresh=act == "placed")


def _concerned(practitioners: set[UUID]) -> list[Connection]:
    written = Q(busy_out=True) | Q(appointments_out=True)
    found = Connection.objects.filter(written, mode=Mode.BOTH, practitioners__practitioner__in=practitioners)
    return list(found.only("id").distinct())
