"""Two visits exchange their times: both by the rules, or neither."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute
from agenda.errors import StatusNotAllowed
from agenda.free_times.examination import around
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.schedule import Schedule
from agenda.models import Appointment, Lane, Occupancy
from agenda.occupancy import clear_expired_holds, free
from agenda.scheduling.announcing import lock_under_setup
from agenda.scheduling.booking import Booked
from agenda.scheduling.conflicts import settle_conflicts
from agenda.scheduling.moving import Target, check_movable, examine_move, target_of, write_move
from agenda.scheduling.present_setup import by_present_setup
from agenda.scheduling.strictness import refusal_error, standing_in_the_way, warnings_among
from medidesk.db.locks import lock_until_commit
from medidesk.errors import MediDeskError, Refused

SWAPPED = "swapped"
SWAPPED_WITH = "swapped_with"
Locked = dict[UUID, tuple[Appointment, list[UUID]]]


@transaction.atomic
def swap_appointments(
    *,
    appointment_id: UUID,
    other_id: UUID,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    insist: str | None = None,
) -> tuple[Booked, Booked]:
    """Exchange the starts of two visits that have not begun, and their practitioners when each offers the other's reason; each keeps its
    own length unless its practitioner changes. Taken back by `undo_last` on either, together.

    Raises Refused `same-appointment`, NoSuchAppointment, StaleAppointment, AlreadyCancelled, StatusNotAllowed (also for a visit in
    conflict), and what moving raises; its pointer is `/with` when the other visit is the one that cannot go.
    """
    if appointment_id == other_id:
        raise Refused(_("Choisissez un autre rendez-vous."), code="same-appointment", pointer="/with")
    schedule, locked = by_present_setup(partial(_lock_both, appointment_id, other_id, expected_version))
    for one in locked.values():
        _check_swappable(one[0])
    visit, other = locked[appointment_id][0], locked[other_id][0]
    targets = _targets(schedule, visit, other)
    _look_everywhere(targets.values(), now)
    freed = [piece for one in (visit, other) for piece in free(appointment_id=one.id)]
    moved = []
    for one, partner, pointer in ((visit, other, None), (other, visit, "/with")):
        with_whom = {SWAPPED_WITH: str(partner.id)}
        moved.append(_go(schedule, one, targets[one.id], locked[one.id][1], actor, insist, now, pointer, with_whom))
    settle_conflicts(freed, actor=actor, now=now)
    return moved[0], moved[1]


def _lock_both(first: UUID, second: UUID, expected_version: int | None, schedule: Schedule) -> tuple[int, Locked]:
    """Both visits, and every resource that either takes or may take, locked at once so that nobody waits crosswise; before them the present
    revision of the set-up."""
    ids = [first, second]
    seen = Appointment.objects.filter(pk__in=ids).values_list("practitioner_id", "visit_reason_id")
    reasons = [schedule.reasons[reason_id] for _who, reason_id in seen if reason_id in schedule.reasons]
    rooms = [room for reason in reasons for room in rooms_needed(schedule, reason, schedule.postal_codes)]
    taken = Occupancy.objects.filter(appointment_id__in=ids).values_list("resource", flat=True)
    everything = {*(who for who, _reason in seen), *rooms, *taken}
    lock_until_commit(everything)
    locked, revision = {}, schedule.revision
    for one in sorted(ids):
        visit, resources, revision = lock_under_setup(one, *everything, expected_version=expected_version if one == first else None)
        locked[one] = visit, resources
    return revision, {one: locked[one] for one in ids}


def _check_swappable(visit: Appointment) -> None:
    """Raise what `check_movable` raises, StatusNotAllowed for a visit in conflict."""
    check_movable(visit)
    if visit.lane == Lane.CONFLICT:
        raise StatusNotAllowed


def _targets(schedule: Schedule, visit: Appointment, other: Appointment) -> Mapping[UUID, Target]:
    """Where each goes."""
    crosses = _offers(schedule, other.practitioner_id, visit) and _offers(schedule, visit.practitioner_id, other)
    return {
        one.id: target_of(schedule, one, partner.start, partner.practitioner_id if crosses else None, None)
        for one, partner in ((visit, other), (other, visit))
    }


def _look_everywhere(targets: Iterable[Target], now: datetime) -> None:
    """Forget expired holds where both go, and wait for the other cabinets of those who share their time, before anything is given back."""
    who = {one.practitioner_id for one in targets}
    for one in targets:
        clear_expired_holds(who, around(epoch_minute(one.start)), now)


def _offers(schedule: Schedule, practitioner_id: UUID, visit: Appointment) -> bool:
    reason = schedule.reasons.get(visit.visit_reason_id) if visit.visit_reason_id else None
    return reason is not None and practitioner_id in reason.durations


def _go(
    schedule: Schedule,
    visit: Appointment,
    target: Target,
    resources: list[UUID],
    actor: Actor,
    insist: str | None,
    now: datetime,
    pointer: str | None,
    with_whom: dict[str, str],
) -> Booked:
    """One of them goes there; the other has left, or has already arrived elsewhere."""
    reason = schedule.reasons.get(target.reason_id) if target.reason_id else None
    rooms = rooms_needed(schedule, reason, schedule.postal_codes)
    verdict = examine_move(schedule, visit, target, resources, rooms, actor, now)
    if in_the_way := standing_in_the_way(verdict.refusals, insist):
        error: MediDeskError = refusal_error(in_the_way)
        error.pointer = pointer
        raise error
    write_move(schedule, visit, target, verdict, actor, insist, now, resources, act=SWAPPED, told_also=with_whom)
    return Booked(visit, warnings_among(verdict.refusals))
