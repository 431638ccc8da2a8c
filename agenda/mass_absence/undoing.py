"""Putting visits back after an absence was undone: what somebody else has changed since is left alone and reported."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.mass_absence.locking import locked
from agenda.mass_absence.telling import tell_undone
from agenda.models import MassAbsence, MassAbsenceLine
from agenda.scheduling import undo_last
from agenda.scheduling.announcing import lock_appointment
from agenda.told_together import told_together
from medidesk.errors import MediDeskError

Line = MassAbsenceLine.State


@transaction.atomic
def put_back(mass_id: UUID, now: datetime) -> int:
    """Put back the visits of the next household that was told together; how many were looked at, 0 when none is left."""
    mass = locked(mass_id)
    waiting = mass.lines.filter(state=Line.TO_UNDO).order_by("was_start", "id")
    first = waiting.first()
    if mass.state != MassAbsence.State.UNDONE or first is None:
        return 0
    lines = list(waiting.filter(told_with=first.told_with)) if first.told_with else [first]
    actor = Actor(mass.undone_by, "staff")
    with told_together():
        for line in lines:
            _put_back(line, actor, now)
    MassAbsenceLine.objects.bulk_update(lines, ["state", "outcome"])
    if first.told_with:
        tell_undone(first.told_with, first.told, lines, now)
    return len(lines)


def _put_back(line: MassAbsenceLine, actor: Actor, now: datetime) -> None:
    visit, _resources = lock_appointment(line.appointment_id)
    line.state = Line.STUCK
    if line.rebooked_id:
        line.outcome = "rebooked"
    elif visit.version != line.acted_version:
        line.outcome = "changed-since"
    else:
        try:
            with transaction.atomic():
                undo_last(appointment_id=visit.id, actor=actor, now=now)
        except MediDeskError as error:
            line.outcome = error.code
        else:
            line.state, line.outcome = Line.UNDONE, "put-back"
