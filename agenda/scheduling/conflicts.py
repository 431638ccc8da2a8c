"""A visit imported on a taken time waits in the conflict lane, and becomes normal by itself when nothing overlaps any more."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from agenda.actors import Actor
from agenda.calendar.intervals import Range
from agenda.errors import SlotTaken
from agenda.free_times.busy import bump_versions
from agenda.models import Appointment, Lane, Occupancy
from agenda.occupancy import overlapping
from agenda.scheduling.announcing import announce, state_of, touch
from agenda.sharing import take_in_peace


def settle_conflicts(freed: Iterable[tuple[UUID, Range]], *, actor: Actor, now: datetime) -> None:
    """Look again at the conflicts on time that has just been freed; those that overlap nothing become normal."""
    waiting: set[UUID] = set()
    for resource, (low, high) in freed:
        rows = Occupancy.objects.filter(resource=resource, lane=Lane.CONFLICT, start_minute__lt=high, end_minute__gt=low)
        waiting.update(rows.values_list("appointment_id", flat=True))
    for appointment_id in sorted(waiting):
        _settle(appointment_id, actor, now)


def _settle(appointment_id: UUID, actor: Actor, now: datetime) -> None:
    taken = list(Occupancy.objects.filter(appointment_id=appointment_id))
    if any(overlapping([one.resource], (one.start_minute, one.end_minute), now, ignore_appointment=appointment_id) for one in taken):
        return
    appointment = Appointment.objects.get(pk=appointment_id)
    before = state_of(appointment)
    try:
        # A room of that visit may have been taken this instant by somebody whose lock is not ours: then it stays a conflict.
        with transaction.atomic():
            Occupancy.objects.filter(appointment_id=appointment_id).update(lane=Lane.NORMAL)
            take_in_peace(taken, appointment_id)
    except (IntegrityError, SlotTaken):
        return
    bump_versions(one.resource for one in taken)
    appointment.lane = Lane.NORMAL
    touch(appointment, now, "lane")
    announce(appointment, "lane", before=before, after=state_of(appointment), actor=actor, now=now)
