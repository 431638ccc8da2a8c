"""What was decided, done after the grace: one household after the other, each in a transaction of its own with its message.

A worker that dies leaves whole households done and whole households waiting; the sweep finds the pointer and the rest follows.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import AlreadyCancelled
from agenda.mass_absence.affected import Scope, affected_visits
from agenda.mass_absence.deciding import bump
from agenda.mass_absence.locking import locked
from agenda.mass_absence.sending import WORK
from agenda.mass_absence.telling import tell_absence
from agenda.mass_absence.undoing import put_back
from agenda.models import Appointment, Decision, MassAbsence, MassAbsenceLine
from agenda.reach import Reach, reach_of
from agenda.scheduling import cancel_appointment, move_appointment
from agenda.scheduling.announcing import lock_appointment
from agenda.told_together import told_together
from medidesk.db.locks import again_after_deadlock
from medidesk.due.pointers import unpoint
from medidesk.errors import MediDeskError
from medidesk.messaging.models import Channel

log = structlog.get_logger(__name__)
State, Line = MassAbsence.State, MassAbsenceLine.State
_RELATED = ("appointment__patient", "appointment__site", "appointment__practitioner")


def carry_out_due(now: datetime) -> int:
    """Carry out the absences whose grace is over, and put back what was undone; how many visits were settled."""
    settled = 0
    for mass_id in MassAbsence.objects.filter(state=State.SENT, due_at__lte=now).order_by("due_at").values_list("id", flat=True):
        while count := again_after_deadlock(partial(_household, mass_id, now)):
            settled += count
        again_after_deadlock(partial(_finish, mass_id, now))
    undone = MassAbsence.objects.filter(state=State.UNDONE, lines__state=Line.TO_UNDO).distinct().values_list("id", flat=True)
    for mass_id in undone:
        while count := again_after_deadlock(partial(put_back, mass_id, now)):
            settled += count
        unpoint(WORK, [mass_id])
    return settled


@transaction.atomic
def _household(mass_id: UUID, now: datetime) -> int:
    """Settle the visits of the next household; 0 when none is left, or when somebody has undone the absence meanwhile."""
    mass = locked(mass_id)
    if mass.state != State.SENT:
        return 0
    waiting = mass.lines.filter(state=Line.WAITING).select_related(*_RELATED).order_by("was_start", "id")
    first = waiting.first()
    if first is None:
        return 0
    reach = reach_of(first.appointment.patient)
    lines = _of_household(waiting, first, reach)
    try:
        with transaction.atomic(), told_together():
            for line in lines:
                _settle(mass, line, now)
            if reach:
                tell_absence(mass, [line for line in lines if line.acted_version], reach.channel, now)
    except (DatabaseError, MediDeskError):
        raise
    except Exception:  # one household that we stumble over must not leave the others untold
        log.exception("household-not-settled", mass_absence=str(mass_id))
        for line in lines:
            line.state, line.outcome, line.acted_version, line.told, line.told_with = Line.STUCK, "failed", None, "", None
    MassAbsenceLine.objects.bulk_update(lines, ["state", "outcome", "acted_version", "was_start", "was_practitioner", "told", "told_with"])
    return len(lines)


def _of_household(waiting, first: MassAbsenceLine, reach: Reach | None) -> list[MassAbsenceLine]:
    """The lines whose message goes to the same place; somebody to telephone is alone. One query."""
    if reach is None or first.decision == Decision.KEEP:
        return [first]
    at = Q(appointment__patient__phone=reach.to) if reach.channel == Channel.SMS else Q(appointment__patient__email__iexact=reach.to)
    near = waiting.filter(at).exclude(decision=Decision.KEEP)
    return [line for line in near if reach_of(line.appointment.patient) == reach]


def _settle(mass: MassAbsence, line: MassAbsenceLine, now: datetime) -> None:
    """Do what was decided for one visit; what its outcome is."""
    visit, _resources = lock_appointment(line.appointment_id)
    line.was_start, line.was_practitioner_id = visit.start, visit.practitioner_id
    if not Scope.of(mass).meets(visit.practitioner_id, visit.site_id, visit.start, visit.end):
        line.state, line.outcome = Line.SPARED, "moved-away"
    elif line.decision == Decision.KEEP:
        line.state, line.outcome = Line.DONE, "kept"
    else:
        _act(line, Actor(mass.sent_by, "staff"), now)


def _act(line: MassAbsenceLine, actor: Actor, now: datetime) -> None:
    outcome = ""
    if line.decision == Decision.MOVE and line.to_practitioner_id:
        outcome = _move(line, actor, now)
        if line.acted_version:
            line.state, line.outcome = Line.DONE, outcome
            return
    try:
        visit = cancel_appointment(appointment_id=line.appointment_id, by="cabinet", reason=_("Absence du praticien"), actor=actor, now=now)
    except AlreadyCancelled as error:
        line.state, line.outcome = Line.SPARED, error.code
    except MediDeskError as error:
        line.state, line.outcome = Line.STUCK, error.code
    else:
        line.state, line.outcome, line.acted_version = Line.DONE, outcome or "cancelled", visit.version


def _move(line: MassAbsenceLine, actor: Actor, now: datetime) -> str:
    """Move the visit; when that time is taken by now, it is cancelled like the others, and its patient may choose."""
    try:
        with transaction.atomic():
            moved = move_appointment(
                appointment_id=line.appointment_id, practitioner_id=line.to_practitioner_id, start=line.to_start, actor=actor, now=now
            )
    except MediDeskError:
        return "target-taken"
    line.acted_version = moved.appointment.version
    return "moved"


@transaction.atomic
def _finish(mass_id: UUID, now: datetime) -> None:
    """Everything is settled: visits that slipped in between two looks are shown to somebody."""
    mass = locked(mass_id)
    if mass.state != State.SENT:
        return
    known = set(mass.lines.values_list("appointment_id", flat=True))
    late: Sequence[Appointment] = [visit for visit in affected_visits(Scope.of(mass), now) if visit.id not in known]
    MassAbsenceLine.objects.bulk_create(
        [
            MassAbsenceLine(
                mass_absence=mass, appointment=visit, was_start=visit.start, was_practitioner_id=visit.practitioner_id,
                decision=Decision.KEEP, state=Line.STUCK, outcome="booked-meanwhile",
            )
            for visit in late
        ]
    )  # fmt: skip
    mass.state, mass.done_at = State.DONE, now
    bump(mass, now, "state", "done_at")
    unpoint(WORK, [mass.id])
