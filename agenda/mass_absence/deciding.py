"""Preparing an absence: a draft with a line per visit, and what is decided for each. Nothing is closed or told yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import UnknownReference
from agenda.free_times.schedule import current_schedule
from agenda.mass_absence.affected import Scope, affected_visits, check_scope
from agenda.mass_absence.errors import NoSuchMassAbsence
from agenda.mass_absence.locking import locked, locked_draft
from agenda.mass_absence.proposing import FreeTime, proposals_for, same_time_elsewhere
from agenda.models import Appointment, Decision, MassAbsence, MassAbsenceLine
from medidesk.errors import Refused


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one visit; a move says with whom and when (empty: the visit's own)."""

    decision: str
    practitioner_id: UUID | None = None
    start: datetime | None = None


def planned_lines(scope: Scope, now: datetime, visits: Sequence[Appointment] | None = None) -> list[MassAbsenceLine]:
    """The lines that such an absence would have, not stored: three times where there are, else a cancellation. Nothing is checked but
    the number of visits."""
    met = affected_visits(scope, now) if visits is None else visits
    proposals = proposals_for(met, scope, now)
    return [_line(visit, proposals[visit.id]) for visit in met]


def rehearse(mass: MassAbsence, *, choices: Mapping[UUID, Choice], otherwise: Choice | None, now: datetime) -> list[MassAbsenceLine]:
    """What `announce` would decide for an absence that is not stored; nothing is written. Raises what deciding raises."""
    scope = Scope.of(mass)
    lines = planned_lines(scope, now)
    if set(choices) - {line.appointment_id for line in lines}:
        raise UnknownReference("/lines")
    if otherwise:
        for line in _possible(lines, otherwise, scope, now):
            _apply(mass, line, otherwise)
    for line in lines:
        if line.appointment_id in choices:
            _apply(mass, line, choices[line.appointment_id])
    return lines


@transaction.atomic
def prepare(scope: Scope, *, actor: Actor, now: datetime) -> MassAbsence:
    """A draft. Raises Refused (see `check_scope`, `too-many-visits`) and UnknownReference."""
    check_scope(scope, now)
    mass = MassAbsence.objects.create(
        practitioner_id=scope.practitioner_id, site_id=scope.site_id, start=scope.start, end=scope.end, label=scope.label,
        prepared_by=actor.name, created_at=now, updated_at=now,
    )  # fmt: skip
    _store(mass, planned_lines(scope, now))
    return mass


@transaction.atomic
def renew_lines(mass_id: UUID, *, now: datetime) -> tuple[int, int]:
    """Bring a draft up to what is booked now: how many visits came and went. Raises NoSuchMassAbsence, AlreadySent."""
    mass = locked_draft(mass_id)
    scope = Scope.of(mass)
    visits = affected_visits(scope, now)
    known = set(mass.lines.values_list("appointment_id", flat=True))
    gone = mass.lines.exclude(appointment_id__in=[visit.id for visit in visits]).delete()[0]
    fresh = [visit for visit in visits if visit.id not in known]
    if fresh:
        _store(mass, planned_lines(scope, now, fresh))
    if fresh or gone:
        bump(mass, now)
    return len(fresh), gone


@transaction.atomic
def decide(mass_id: UUID, choices: Mapping[UUID, Choice], *, now: datetime, expected_version: int | None = None) -> MassAbsence:
    """Write what is decided for these visits (by their ids).

    Raises NoSuchMassAbsence, StaleMassAbsence, AlreadySent, UnknownReference (a visit that the absence does not meet) and Refused:
    `move-target-missing`, `reason-not-offered`, `move-into-absence`, `nothing-to-propose`.
    """
    mass = locked_draft(mass_id, expected_version)
    lines = {line.appointment_id: line for line in mass.lines.select_related("appointment")}
    if set(choices) - set(lines):
        raise UnknownReference("/lines")
    changed = [line for visit_id, line in lines.items() if visit_id in choices and _apply(mass, line, choices[visit_id])]
    if changed:
        MassAbsenceLine.objects.bulk_update(changed, ["decision", "to_practitioner", "to_start"])
        bump(mass, now)
    return mass


@transaction.atomic
def decide_all(mass_id: UUID, choice: Choice, *, now: datetime) -> int:
    """The same for every visit for which it is possible (times to propose; that practitioner free at the visit's time); how many."""
    mass = locked_draft(mass_id)
    lines = list(mass.lines.select_related("appointment").order_by("was_start", "id"))
    possible = _possible(lines, choice, Scope.of(mass), now)
    decide(mass_id, {line.appointment_id: choice for line in possible}, now=now)
    return len(possible)


def _possible(lines: Sequence[MassAbsenceLine], choice: Choice, scope: Scope, now: datetime) -> list[MassAbsenceLine]:
    """Those of the visits for which the choice can be made."""
    if choice.decision != Decision.MOVE:
        return [line for line in lines if choice.decision != Decision.PROPOSE or line.proposals]
    free = same_time_elsewhere([line.appointment for line in lines], scope, now)
    taken: set[datetime] = set()
    possible = []
    for line in lines:
        if choice.practitioner_id in free.get(line.appointment_id, ()) and line.was_start not in taken:
            taken.add(line.was_start)
            possible.append(line)
    return possible


@transaction.atomic
def discard(mass_id: UUID, *, now: datetime) -> None:
    """Throw a draft away. Raises NoSuchMassAbsence, AlreadySent."""
    mass = locked_draft(mass_id)
    mass.lines.all().delete()
    mass.deleted_at = now
    mass.save(update_fields=["deleted_at"])
    bump(mass, now)


@transaction.atomic
def note_call(mass_id: UUID, line_id: UUID, *, called: bool, outcome: str, actor: Actor, now: datetime) -> MassAbsenceLine:
    """Somebody of the call list was telephoned (or was not, after all), with what came of it. Raises NoSuchMassAbsence."""
    mass = locked(mass_id)
    line = mass.lines.select_for_update().filter(pk=line_id).first()
    if line is None:
        raise NoSuchMassAbsence
    if called and not line.phoned_at:
        line.phoned_by, line.phoned_at = actor.name, now
    if not called:
        line.phoned_by, line.phoned_at = "", None
    line.phone_outcome = outcome[:200]
    line.save(update_fields=["phoned_by", "phoned_at", "phone_outcome"])
    bump(mass, now)
    return line


def bump(mass: MassAbsence, now: datetime, *fields: str) -> None:
    """Save the changed fields under a new version."""
    mass.version += 1
    mass.updated_at = now
    mass.save(update_fields=[*fields, "version", "updated_at"])


def _line(visit: Appointment, proposals: Sequence[FreeTime]) -> MassAbsenceLine:
    return MassAbsenceLine(
        appointment=visit,
        was_start=visit.start,
        was_practitioner_id=visit.practitioner_id,
        decision=Decision.PROPOSE if proposals else Decision.CANCEL,
        proposals=[one.as_json for one in proposals],
    )


def _store(mass: MassAbsence, lines: Sequence[MassAbsenceLine]) -> None:
    for line in lines:
        line.mass_absence = mass
    MassAbsenceLine.objects.bulk_create(lines)


def _apply(mass: MassAbsence, line: MassAbsenceLine, choice: Choice) -> bool:
    """Write the choice on the line, or refuse it; did it change anything?"""
    if choice.decision not in Decision.values:
        raise Refused(_("Ce choix n’existe pas."), code="not-a-choice", pointer="/decision")
    if choice.decision == Decision.PROPOSE and not line.proposals:
        raise Refused(_("Il n’y a pas d’horaire à proposer pour ce rendez-vous."), code="nothing-to-propose", pointer="/decision")
    moving = choice.decision == Decision.MOVE
    target = (choice.practitioner_id, choice.start or line.was_start) if moving else (None, None)
    if moving:
        _check_target(mass, line, choice)
    before = (line.decision, line.to_practitioner_id, line.to_start)
    line.decision, (line.to_practitioner_id, line.to_start) = choice.decision, target
    return before != (choice.decision, *target)


def _check_target(mass: MassAbsence, line: MassAbsenceLine, choice: Choice) -> None:
    if choice.practitioner_id is None:
        raise Refused(_("Choisissez le praticien vers qui déplacer."), code="move-target-missing", pointer="/practitioner")
    schedule, reason_id = current_schedule(), line.appointment.visit_reason_id
    if choice.practitioner_id not in (schedule.reasons[reason_id].durations if reason_id else schedule.practitioners):
        raise Refused(_("Ce praticien ne propose pas ce motif."), code="reason-not-offered", pointer="/practitioner")
    start = choice.start or line.was_start
    end = start + (line.appointment.end - line.appointment.start)
    if Scope.of(mass).meets(choice.practitioner_id, line.appointment.site_id, start, end):
        raise Refused(_("Cet horaire tombe dans l’absence."), code="move-into-absence", pointer="/start")
