"""Moving a visit to a time that is held for its patient."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.errors import AlreadyCancelled, HoldGone, StatusNotAllowed
from agenda.models import Appointment, Hold, Status
from agenda.occupancy import free, hand_over, resources_of
from agenda.scheduling.announcing import announce, lock_appointment, state_of, touch
from agenda.scheduling.conflicts import settle_conflicts
from agenda.signals import hold_changed


@transaction.atomic
def move_to_hold(*, appointment_id: UUID, hold_id: UUID, actor: Actor, now: datetime) -> Appointment:
    """Give a visit that has not begun the held time in place of its own, which is free at once; no moment passes in which the visit
    has no time or the held one is anybody's.

    Raises NoSuchAppointment, AlreadyCancelled, StatusNotAllowed, HoldGone.
    """
    appointment, resources = lock_appointment(appointment_id, *resources_of(hold_id=hold_id))
    if appointment.status == Status.CANCELLED:
        raise AlreadyCancelled
    if appointment.status not in (Status.REQUESTED, Status.CONFIRMED):
        raise StatusNotAllowed
    hold = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
    if hold is None or hold.state != Hold.State.ACTIVE or hold.expires_at <= now:
        raise HoldGone
    before = state_of(appointment, resources)
    freed = free(appointment_id=appointment.id)
    Hold.objects.filter(pk=hold.pk).update(state=Hold.State.USED)
    hand_over(hold.id, appointment.id)
    hold.state = Hold.State.USED
    hold_changed.send(sender=Hold, hold=hold, act="used", origin="", appointment=appointment)
    appointment.practitioner_id, appointment.visit_reason_id, appointment.site_id = hold.practitioner_id, hold.visit_reason_id, hold.site_id
    appointment.start, appointment.end, appointment.lane = hold.start, hold.end, hold.lane
    touch(appointment, now, "practitioner", "visit_reason", "site", "start", "end", "lane")
    announce(appointment, "moved", before=before, after=state_of(appointment), actor=actor, now=now)
    settle_conflicts(freed, actor=actor, now=now)
    return appointment
