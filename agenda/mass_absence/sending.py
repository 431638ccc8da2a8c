"""Sending closes the agenda at once; visits and messages wait ten minutes. Stopping in time leaves no trace but the row."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from agenda import setup
from agenda.actors import Actor
from agenda.errors import HoldGone
from agenda.mass_absence.affected import Scope, affected_holds, affected_visits, check_scope
from agenda.mass_absence.deciding import Choice, bump, decide, decide_all, prepare
from agenda.mass_absence.errors import AlreadyUndone, VisitsChanged
from agenda.mass_absence.locking import locked, locked_draft
from agenda.models import Absence, MassAbsence, MassAbsenceLine
from agenda.scheduling import release_hold
from medidesk.db.locks import lock_until_commit
from medidesk.due.bell import ring
from medidesk.due.pointers import point, unpoint
from medidesk.due.registry import register_work

GRACE = timedelta(minutes=10)
WORK = "absences"
register_work(WORK, "agenda.tasks.carry_out_mass_absences")

State, Line = MassAbsence.State, MassAbsenceLine.State


@transaction.atomic
def send(mass_id: UUID, *, actor: Actor, now: datetime, expected_version: int | None = None) -> MassAbsence:
    """Close the agenda now, carry the decisions out in ten minutes; times being booked within the absence are given back.

    Raises NoSuchMassAbsence, StaleMassAbsence, AlreadySent, Refused (the absence is over), and VisitsChanged when visits came
    since it was prepared: `renew_lines` then shows them.
    """
    mass = locked_draft(mass_id, expected_version)
    scope = Scope.of(mass)
    check_scope(scope, now)
    _lock_agendas(scope, now)
    visits = {visit.id for visit in affected_visits(scope, now)}
    known = set(mass.lines.values_list("appointment_id", flat=True))
    if visits - known:
        raise VisitsChanged(len(visits - known))
    mass.lines.exclude(appointment_id__in=visits).delete()
    mass.absence = setup.create(setup.ABSENCES, scope.values, now=now)
    mass.state, mass.sent_by, mass.sent_at, mass.due_at = State.SENT, actor.name, now, now + GRACE
    bump(mass, now, "absence", "state", "sent_by", "sent_at", "due_at")
    point(WORK, [mass.id], mass.due_at)
    for hold in affected_holds(scope, now):
        try:
            release_hold(hold_id=hold.id, actor=actor, now=now)
        except HoldGone:
            continue  # it became a visit or ended while we looked; a visit is found when the absence is carried out
    return mass


@transaction.atomic
def announce(
    scope: Scope, *, choices: Mapping[UUID, Choice] | None = None, otherwise: Choice | None = None, actor: Actor, now: datetime
) -> MassAbsence:
    """Prepare, decide and send at once: `otherwise` for the visits that `choices` does not name (None: three times, or a cancellation).

    Raises what preparing, deciding and sending raise; then nothing is kept.
    """
    mass = prepare(scope, actor=actor, now=now)
    if otherwise:
        decide_all(mass.id, otherwise, now=now)
    if choices:
        decide(mass.id, choices, now=now)
    return send(mass.id, actor=actor, now=now)


@transaction.atomic
def undo(mass_id: UUID, *, actor: Actor, now: datetime, expected_version: int | None = None) -> MassAbsence:
    """Open the agenda again. Before anything was carried out: nothing has happened. Afterwards: what was done to visits is put back by a
    worker where nobody has acted since, and those told are told again.

    Raises NoSuchMassAbsence, StaleMassAbsence, AlreadyUndone (drafts too).
    """
    mass = locked(mass_id, expected_version)
    if mass.state not in (State.SENT, State.DONE):
        raise AlreadyUndone
    if mass.absence_id and Absence.objects.filter(pk=mass.absence_id, deleted_at=None).exists():
        setup.delete(setup.ABSENCES, mass.absence_id, now=now)
    mass.lines.filter(state=Line.WAITING).update(state=Line.SPARED)
    to_put_back = mass.lines.filter(state=Line.DONE, acted_version__isnull=False).update(state=Line.TO_UNDO)
    mass.state, mass.undone_by, mass.undone_at = State.UNDONE, actor.name, now
    bump(mass, now, "state", "undone_by", "undone_at")
    if to_put_back:
        point(WORK, [mass.id], now)
        ring(WORK)
    else:
        unpoint(WORK, [mass.id])
    return mass


def _lock_agendas(scope: Scope, now: datetime) -> None:
    """Nobody books with these practitioners until the absence is there; for a site, with those who have visits there then."""
    if scope.practitioner_id:
        lock_until_commit([scope.practitioner_id])
    else:
        lock_until_commit({visit.practitioner_id for visit in affected_visits(scope, now)})
