"""Why, or why not, this time: the rules one by one for a single start."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import DAY, epoch_minute, epoch_minute_up
from agenda.errors import UnknownReference
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.counted_visits import CountedVisit
from agenda.free_times.listing import Search, free_before_holes
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History, history_of
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules import Case, Refusal, rank, refusals_of
from agenda.free_times.rules.quotas import quotas_on
from agenda.free_times.rules.when import bookable_window
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule

NO_REASON = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The broken rules in order, where the visit would take place, and the rooms it would take."""

    refusals: list[Refusal]
    site_id: UUID | None
    rooms: list[UUID]


def explain(
    *,
    visit_reason_id: UUID,
    practitioner_id: UUID,
    start: datetime,
    now: datetime,
    visitor: Visitor,
    site_id: UUID | None = None,
) -> list[Refusal]:
    """All the rules that refuse this start, in the contract's order; nothing when it can be booked."""
    schedule = current_schedule()
    return examine(schedule, visit_reason_id, practitioner_id, start, now, visitor, site_id=site_id).refusals


def examine(
    schedule: Schedule,
    reason_id: UUID | None,
    practitioner_id: UUID,
    start: datetime,
    now: datetime,
    visitor: Visitor,
    *,
    site_id: UUID | None = None,
    busy: dict[UUID, Busy] | None = None,
    ignore_appointment: UUID | None = None,
    preferred_rooms: Sequence[UUID] = (),
    duration: int | None = None,
    history: History | None = None,
    counted: Sequence[CountedVisit] | None = None,
) -> Verdict:
    """Examine one start at each site where it could be, and answer for the site where it goes best.

    `duration` (minutes) replaces the reason's own; without a reason (an imported visit) only hours, absences and time count.
    `busy`, `history` and `counted` are read when not given.
    Raises UnknownReference for an unknown reason or practitioner.
    """
    reason = _reason_of(schedule, reason_id, practitioner_id, duration)
    sites = _sites(schedule, practitioner_id, reason_id, site_id)
    minute = epoch_minute(start)
    if busy is None:
        busy = read_busy([practitioner_id, *rooms_needed(schedule, reason, sites)], around(minute), now, ignore_appointment)
    if history is None:
        history = history_of(visitor.patient_id, reason, ignore_appointment)
    duration = duration or reason.durations.get(practitioner_id, 30)
    off_minute = start.second > 0 or start.microsecond > 0
    verdicts = []
    for site in sites:
        case = Case(
            schedule, reason, practitioner_id, site, minute, duration, visitor, now, busy, history, _free_that_day, off_minute,
            preferred_rooms, ignore_appointment, counted,
        )  # fmt: skip
        verdicts.append(Verdict(refusals_of(case), site, case.rooms or []))
    return max(verdicts, key=_how_well)


def _reason_of(schedule: Schedule, reason_id: UUID | None, practitioner_id: UUID, duration: int | None) -> ReasonPlan:
    """What the visit is for, or what stands for it. Raises UnknownReference, for the practitioner too."""
    reason = schedule.reasons.get(reason_id) if reason_id else _no_reason(practitioner_id, duration or 30)
    if reason is None:
        raise UnknownReference("/visit_reason")
    if practitioner_id not in schedule.practitioners:
        raise UnknownReference("/practitioner")
    return reason


def _sites(schedule: Schedule, practitioner_id: UUID, reason_id: UUID | None, asked: UUID | None) -> list[UUID | None]:
    """Where the visit could be: the site asked for, else where the practitioner has hours, else works."""
    if asked:
        return [asked]
    plan = schedule.practitioners[practitioner_id]
    return [*schedule.sites_with_hours(practitioner_id, reason_id)] or [*plan.sites[:1]] or [None]


def _how_well(verdict: Verdict) -> tuple[int, int]:
    """How far down the list the first rule stands that is more than a warning, then the first of all."""
    return rank([one for one in verdict.refusals if one.severity != "warn"]), rank(verdict.refusals)


def _free_that_day(case: Case) -> Sequence[int]:
    """What listing finds free on the day of the case, holes apart, from what the case has read."""
    if case.site_id is None:
        return ()
    between = bookable_window(case.schedule, case.reason, case.visitor, epoch_minute_up(case.now))
    days = (case.day, case.day + timedelta(days=1))
    search = Search(case.schedule, case.reason, case.visitor, days, case.now, [case.practitioner_id], between, case.busy)
    if quotas_on(case.schedule, case.practitioner_id, case.site_id, case.reason, case.visitor):
        search = replace(search, counted={case.practitioner_id: case.counted})
    _found, free = free_before_holes(search, case.practitioner_id, case.site_id)
    return free.starts


def _no_reason(practitioner_id: UUID, duration: int) -> ReasonPlan:
    """What stands for the reason of a visit that came without one: no buffers, any minute, nothing more to ask."""
    return ReasonPlan(
        id=NO_REASON, name="", before=0, after=0, grid=1, notice=0, horizon=None, bookable_by="everyone", needs_validation=False,
        max_per_day=None, min_days_between=None, one_upcoming=False, avoid_holes=False, kinds=(), durations={practitioner_id: duration},
    )  # fmt: skip


def around(minute: int) -> Range:
    """The window whose busy minutes the rules may need: the local day, whatever the zone, and the longest visit."""
    return minute - 2 * DAY, minute + 2 * DAY
