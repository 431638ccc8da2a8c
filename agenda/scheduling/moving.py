"""Moving a visit: another time, another practitioner, another reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute, instant_of
from agenda.errors import AlreadyCancelled, StatusNotAllowed, UnknownReference
from agenda.free_times.busy import read_busy
from agenda.free_times.examination import Verdict, around, examine
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules.patient import ONLINE_BOOKING_CLOSED
from agenda.free_times.schedule import Schedule
from agenda.models import Appointment, Lane, Status
from agenda.occupancy import Taking, clear_expired_holds, free, take
from agenda.scheduling.announcing import State, announce, lock_under_setup, state_of, touch
from agenda.scheduling.booking import Booked
from agenda.scheduling.conflicts import settle_conflicts
from agenda.scheduling.present_setup import by_present_setup
from agenda.scheduling.strictness import insisted_on, refusal_error, standing_in_the_way, warnings_among
from medidesk.db.transactions import act

_CHANNEL = {"patient": "website", "partner": "partner", "staff": "phone"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where the visit goes; minutes."""

    practitioner_id: UUID
    reason_id: UUID | None
    start: datetime
    duration: int


@act
def move_appointment(
    *,
    appointment_id: UUID,
    actor: Actor,
    now: datetime,
    start: datetime | None = None,
    practitioner_id: UUID | None = None,
    visit_reason_id: UUID | None = None,
    expected_version: int | None = None,
    insist: str | None = None,
    origin: str = "",
) -> Booked:
    """Move a visit that has not begun, by the rules of booking; its rooms are kept when free. What is not given stays.
    A move to where it is already changes nothing, unless the visit waits in the conflict lane.

    Raises what booking raises, NoSuchAppointment, StaleAppointment, AlreadyCancelled, StatusNotAllowed.
    """
    seen = Appointment.objects.filter(pk=appointment_id).values_list("practitioner_id", "visit_reason_id").first()
    to_practitioner, to_reason = practitioner_id or (seen and seen[0]), visit_reason_id or (seen and seen[1])
    look = partial(_lock, appointment_id, to_practitioner, to_reason, expected_version)
    schedule, (appointment, resources, rooms) = by_present_setup(look)
    check_movable(appointment)
    target = target_of(schedule, appointment, start, practitioner_id, visit_reason_id)
    if appointment.lane != Lane.CONFLICT and _is_there(appointment, target):
        return Booked(appointment)
    verdict = examine_move(schedule, appointment, target, resources, rooms, actor, now)
    if in_the_way := standing_in_the_way(verdict.refusals, insist):
        raise refusal_error(in_the_way)
    write_move(schedule, appointment, target, verdict, actor, insist, now, resources, origin)
    return Booked(appointment, warnings_among(verdict.refusals))


def _lock(
    appointment_id: UUID, to_practitioner: UUID | None, to_reason: UUID | None, expected_version: int | None, schedule: Schedule
) -> tuple[int, tuple[Appointment, list[UUID], list[UUID]]]:
    """Lock the visit and all that it may need there; the present revision, and the visit, what it takes, the rooms that it may take."""
    reason = schedule.reasons.get(to_reason) if to_reason else None
    if to_reason and reason is None:
        raise UnknownReference("/visit_reason")
    rooms = rooms_needed(schedule, reason, schedule.postal_codes)
    others = [one for one in (to_practitioner, *rooms) if one]
    appointment, resources, revision = lock_under_setup(appointment_id, *others, expected_version=expected_version)
    return revision, (appointment, resources, rooms)


def _is_there(appointment: Appointment, target: Target) -> bool:
    """Would the move change nothing?"""
    there = (appointment.practitioner_id, appointment.visit_reason_id, appointment.start)
    return there == (target.practitioner_id, target.reason_id, target.start)


def check_movable(appointment: Appointment) -> None:
    """Raise AlreadyCancelled or StatusNotAllowed unless the visit is still to come."""
    if appointment.status == Status.CANCELLED:
        raise AlreadyCancelled
    if appointment.status not in (Status.REQUESTED, Status.CONFIRMED):
        raise StatusNotAllowed


def target_of(
    schedule: Schedule, appointment: Appointment, start: datetime | None, practitioner_id: UUID | None, reason_id: UUID | None
) -> Target:
    """A visit keeps its own length unless its practitioner or reason changes."""
    to_practitioner = practitioner_id or appointment.practitioner_id
    to_reason = reason_id or appointment.visit_reason_id
    duration = epoch_minute(appointment.end) - epoch_minute(appointment.start)
    if to_reason and (to_practitioner, to_reason) != (appointment.practitioner_id, appointment.visit_reason_id):
        duration = schedule.reasons[to_reason].durations.get(to_practitioner, duration)
    return Target(to_practitioner, to_reason, start or appointment.start, duration)


def examine_move(
    schedule: Schedule, appointment: Appointment, target: Target, resources: list[UUID], rooms: list[UUID], actor: Actor, now: datetime
) -> Verdict:
    """The rules for that target; what the visit takes itself does not count."""
    window = around(epoch_minute(target.start))
    looked_at = {target.practitioner_id, *rooms}
    clear_expired_holds(looked_at, window, now)
    known = appointment.patient_id is not None and is_known(appointment.patient_id, now)
    visitor = Visitor("known" if known else "new", actor.is_staff, _CHANNEL.get(actor.kind, "phone"), appointment.patient_id)
    verdict = examine(
        schedule, target.reason_id, target.practitioner_id, target.start, now, visitor,
        busy=read_busy(looked_at, window, now, appointment.id), ignore_appointment=appointment.id,
        preferred_rooms=resources, duration=target.duration,
    )  # fmt: skip
    # Whoever may not book online may still move what is booked: better moved than missed.
    return replace(verdict, refusals=[one for one in verdict.refusals if one.code != ONLINE_BOOKING_CLOSED.code])


def write_move(
    schedule: Schedule,
    appointment: Appointment,
    target: Target,
    verdict: Verdict,
    actor: Actor,
    insist: str | None,
    now: datetime,
    resources: list[UUID],
    origin: str = "",
    *,
    act: str = "moved",
    told_also: State | None = None,
) -> None:
    """Put the visit there, in the lane that the verdict asks for; `told_also` is kept by the journal beside its new state."""
    before = state_of(appointment, resources)
    freed = free(appointment_id=appointment.id)
    taking = _taking(schedule, target, verdict)
    take(taking, appointment_id=appointment.id)
    appointment.practitioner_id, appointment.visit_reason_id, appointment.site_id = (
        target.practitioner_id,
        target.reason_id,
        verdict.site_id,
    )
    appointment.start, appointment.end = instant_of(taking.visit_minute), instant_of(taking.visit_minute + target.duration)
    appointment.lane = Lane(taking.lane)
    if taking.lane == Lane.EXTRA:
        appointment.insisted_by, appointment.insist_reason = actor.name, insist or ""
    fields = ("practitioner", "visit_reason", "site", "start", "end", "lane", "insisted_by", "insist_reason")
    touch(appointment, now, *fields)
    after = state_of(appointment, list(taking.resources)) | (told_also or {})
    announce(appointment, act, before=before, after=after, actor=actor, now=now, origin=origin)
    settle_conflicts(freed, actor=actor, now=now)


def _taking(schedule: Schedule, target: Target, verdict: Verdict) -> Taking:
    """What the visit takes there, buffers inside, in the lane that the verdict asks for."""
    minute = epoch_minute(target.start)
    reason = schedule.reasons[target.reason_id] if target.reason_id else None
    buffers = (reason.before, reason.after) if reason else (0, 0)
    return Taking(
        resources=(target.practitioner_id, *verdict.rooms),
        span=(minute - buffers[0], minute + target.duration + buffers[1]),
        visit_minute=minute,
        visit_reason=target.reason_id,
        lane=Lane.EXTRA if insisted_on(verdict.refusals) else Lane.NORMAL,
    )
