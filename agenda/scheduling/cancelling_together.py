"""Cancelling several visits by one act, told in one message per household."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.grouped_messages import tell_cancelled
from agenda.models import Appointment, Occupancy, Status
from agenda.scheduling.cancelling import cancel_appointment
from agenda.told_together import told_together
from medidesk.db.locks import lock_until_commit
from medidesk.db.versioned import Versioned
from medidesk.errors import MediDeskError


def cancel_lines(
    owner: Versioned,
    lines: Iterable[tuple[UUID, UUID]],
    *,
    nothing_left: MediDeskError,
    by: Literal["patient", "cabinet"],
    reason: str,
    actor: Actor,
    now: datetime,
) -> list[Appointment]:
    """Cancel the visits to come of a series or bundle, which has changed then; raises `nothing_left` when there is none."""
    cancelled = cancel_together(list(lines), by=by, reason=reason, actor=actor, now=now)
    if not cancelled:
        raise nothing_left
    owner.version += 1
    owner.updated_at = now
    owner.save(update_fields=["version", "updated_at"])
    return cancelled


@transaction.atomic
def cancel_together(
    visits: Sequence[tuple[UUID, UUID]], *, by: Literal["patient", "cabinet"], reason: str, actor: Actor, now: datetime
) -> list[Appointment]:
    """Cancel those of the visits that are still to come; `visits` are (what the message is about, the visit's id). The others are left
    as they are. Answers the cancelled ones in the order given."""
    ids = [visit_id for _about, visit_id in visits]
    lock_until_commit(Occupancy.objects.filter(appointment_id__in=ids).values_list("resource", flat=True))
    waiting = Appointment.objects.filter(id__in=ids, start__gt=now, status__in=(Status.REQUESTED, Status.CONFIRMED))
    to_come = set(waiting.values_list("id", flat=True))
    cancelled = []
    with told_together():
        for about, visit_id in visits:
            if visit_id in to_come:
                cancelled.append((about, cancel_appointment(appointment_id=visit_id, by=by, reason=reason, actor=actor, now=now)))
    tell_cancelled(cancelled, now=now, at_once=by == "patient")
    return [visit for _about, visit in cancelled]
