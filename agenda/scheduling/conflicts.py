"""A visit imported on a taken time waits in the conflict lane, and becomes normal by itself when nothing overlaps any more."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from agenda.actors import Actor
from agenda.calendar.intervals import Range
from agenda.errors import SlotTaken
from agenda.free_times.busy import as_uuid, bump_versions
from agenda.models import Appointment, Lane, Occupancy
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES
from agenda.occupancy import overlapping
from agenda.scheduling.announcing import announce, state_of, touch
from agenda.sharing import take_in_peace
from medidesk.db.locks import lock_until_commit
from medidesk.db.prepared import run
from medidesk.shared_time.awaiting import answered, called

_WAITING = f"""
    SELECT DISTINCT o.appointment_id FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS f (resource, low, high)
    JOIN agenda_occupancy o ON o.resource = f.resource AND o.lane = 'conflict' AND o.end_minute > f.low
    AND o.start_minute < f.high AND o.start_minute >= f.low - {LONGEST_OCCUPANCY_MINUTES} ORDER BY 1
"""


def settle_conflicts(freed: Iterable[tuple[UUID, Range]], *, actor: Actor, now: datetime) -> None:
    """Look again at the conflicts on time that has just been freed; those that overlap nothing become normal."""
    for appointment_id in _waiting_on(list(freed)):
        _settle(appointment_id, actor, now)


def settle_what_can(*, actor: Actor, now: datetime) -> None:
    """Look again at every conflict to come; those that overlap nothing become normal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.appointment_id FROM agenda_occupancy c JOIN agenda_appointment a ON a.id = c.appointment_id"
            " WHERE a.lane = 'conflict' AND a.\"end\" > %s AND NOT EXISTS (SELECT 1 FROM agenda_occupancy o WHERE o.resource = c.resource"
            " AND o.span && c.span AND o.appointment_id IS DISTINCT FROM c.appointment_id AND (o.expires_at IS NULL OR o.expires_at > %s))"
            " ORDER BY 1",
            [now, now],
        )
        waiting = [as_uuid(one) for (one,) in cursor.fetchall()]
    lock_until_commit(Occupancy.objects.filter(appointment_id__in=waiting).values_list("resource", flat=True))
    for appointment_id in waiting:
        _settle(appointment_id, actor, now)


def settle_called(now: datetime) -> int:
    """Look again at the conflicts with another cabinet that has given time back; answers how many visits were called. A call is
    forgotten after the look only, and not if it has come again."""
    calls = called(now)
    if calls:
        with transaction.atomic():
            settle_what_can(actor=Actor.system(), now=now)
        answered(calls)
    return len(calls)


def _waiting_on(freed: list[tuple[UUID, Range]]) -> list[UUID]:
    """The visits in conflict that take some of it."""
    if not freed:
        return []
    lows, highs = [low for _, (low, _high) in freed], [high for _, (_low, high) in freed]
    return [as_uuid(one) for (one,) in run((_WAITING, [[one for one, _ in freed], lows, highs]))]


def _settle(appointment_id: UUID, actor: Actor, now: datetime) -> None:
    taken = list(Occupancy.objects.filter(appointment_id=appointment_id))
    if any(overlapping([one.resource], (one.start_minute, one.end_minute), now, ignore_appointment=appointment_id) for one in taken):
        return
    appointment = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if not taken or appointment.lane != Lane.CONFLICT:
        return
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
