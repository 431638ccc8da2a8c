"""Why, or why not, this time: the rules one by one for a single start."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar.intervals import Range, covering
from agenda.calendar.wall_time import DAY, epoch_minute, local_date
from agenda.errors import UnknownReference
from agenda.free_times.availability import bookable_window, clashes
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.openings import ALL, NONE, Strictness, Visitor, closed_by_holiday, is_absent, open_ranges, rows_for
from agenda.free_times.patient_history import History, history_of
from agenda.free_times.rooms import choose_rooms, rooms_needed
from agenda.free_times.rules import Refusal, rank, refusals_for
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule

NO_REASON = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Case:
    """One start to examine: minutes since the epoch, and everything that the rules may look at."""

    schedule: Schedule
    reason: ReasonPlan
    practitioner_id: UUID
    site_id: UUID | None
    start: int
    duration: int
    visitor: Visitor
    now: datetime
    busy: dict[UUID, Busy]
    history: History

    @property
    def end(self) -> int:
        """The minute at which the visit ends."""
        return self.start + self.duration

    @property
    def span(self) -> Range:
        """What the visit takes, buffers inside."""
        return self.start - self.reason.before, self.end + self.reason.after


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
) -> Verdict:
    """Examine one start at each site where it could be, and answer for the site where it goes best.

    `duration` (minutes) replaces the reason's own; without a reason (an imported visit) only hours, absences and time count.
    Raises UnknownReference for an unknown reason or practitioner.
    """
    reason = schedule.reasons.get(reason_id) if reason_id else _no_reason(practitioner_id, duration or 30)
    if reason is None:
        raise UnknownReference("/visit_reason")
    if practitioner_id not in schedule.practitioners:
        raise UnknownReference("/practitioner")
    plan = schedule.practitioners[practitioner_id]
    sites: list[UUID | None] = (
        [site_id] if site_id else [*schedule.sites_with_hours(practitioner_id, reason_id)] or [*plan.sites[:1]] or [None]
    )
    minute = epoch_minute(start)
    if busy is None:
        busy = read_busy([practitioner_id, *rooms_needed(schedule, reason, sites)], around(minute), now, ignore_appointment)
    history = history_of(visitor.patient_id, reason, ignore_appointment)
    duration = duration or reason.durations.get(practitioner_id, 30)
    cases = [Case(schedule, reason, practitioner_id, site, minute, duration, visitor, now, busy, history) for site in sites]
    verdicts = [_verdict(case, off_minute=start.second > 0 or start.microsecond > 0, preferred=preferred_rooms) for case in cases]
    return max(verdicts, key=lambda verdict: rank(verdict.refusals))


def _no_reason(practitioner_id: UUID, duration: int) -> ReasonPlan:
    """What stands for the reason of a visit that came without one: no buffers, any minute, nothing more to ask."""
    return ReasonPlan(
        id=NO_REASON, name="", before=0, after=0, grid=1, notice=0, horizon=None, bookable_by="everyone", needs_validation=False,
        max_per_day=None, min_days_between=None, one_upcoming=False, kinds=(), durations={practitioner_id: duration},
    )  # fmt: skip


def around(minute: int) -> Range:
    """The window whose busy minutes the rules may need: the local day, whatever the zone, and the longest visit."""
    return minute - 2 * DAY, minute + 2 * DAY


def _verdict(case: Case, *, off_minute: bool, preferred: Sequence[UUID]) -> Verdict:
    codes = {*_who_may(case), *_when(case), *_hours(case, off_minute=off_minute), *_counts(case)}
    rooms: list[UUID] | None = []
    if case.busy[case.practitioner_id].is_free(*case.span):
        rooms = choose_rooms(case.schedule, case.reason, case.site_id, lambda room: case.busy[room].is_free(*case.span), preferred)
        if rooms is None:
            codes.add("resource-taken")
    else:
        codes.add("slot-taken")
        rooms = choose_rooms(case.schedule, case.reason, case.site_id, lambda room: case.busy[room].is_free(*case.span), preferred)
    return Verdict(refusals_for(codes, staff=case.visitor.staff), case.site_id, rooms or [])


def _who_may(case: Case) -> set[str]:
    """Is the reason offered here, and to such a visitor?"""
    if case.practitioner_id not in case.reason.durations:
        return {"reason-not-offered"}
    if case.visitor.staff:
        return {"known-patients-only"} if case.reason.bookable_by == "known" and case.visitor.status == "new" else set()
    closed_online = not case.schedule.practitioners[case.practitioner_id].bookable_online and case.visitor.channel != "phone"
    if closed_online or case.reason.bookable_by == "staff":
        return {"staff-only"}
    return {"known-patients-only"} if case.reason.bookable_by == "known" and case.visitor.status == "new" else set()


def _when(case: Case) -> set[str]:
    """Past, notice and horizon."""
    past = case.start * 60 < case.now.timestamp()
    as_other = replace(case.visitor, staff=False)
    now_minute = int(-(-case.now.timestamp() // 60))
    low, high = bookable_window(case.schedule, case.reason, as_other, now_minute)
    codes = {"in-the-past"} if past else set()
    if not past and case.start < low:
        codes.add("minimum-notice")
    if case.start >= high:
        codes.add("beyond-horizon")
    return codes


def _covered(case: Case, enforced: Strictness) -> Range | None:
    """The admitted range in which the visit lies, under the enforced conditions."""
    rows = rows_for(case.schedule, case.practitioner_id, case.reason.id, case.site_id)
    day = local_date(case.schedule.zone, case.start)
    days = (day, day + timedelta(days=1))
    ranges = open_ranges(case.schedule, case.practitioner_id, rows, days, case.visitor, epoch_minute(case.now), enforced)
    return covering(ranges, case.start, case.end)


def _hours(case: Case, *, off_minute: bool) -> set[str]:
    """Opening hours and their conditions: each enforced in turn, and lifted again where it is what refuses."""
    absent = {"practitioner-absent"} if is_absent(case.schedule, case.practitioner_id, case.site_id, case.start, case.end) else set()
    if case.practitioner_id not in case.reason.durations:
        return absent
    codes, enforced = set(absent), NONE
    opened = _covered(case, ALL)
    if opened is None:
        opened = _covered(case, NONE)
        if opened is None:
            return codes | {"outside-opening-hours"} | _holiday(case)
        conditions = {
            "audience": _audience_code(case),
            "channel": "channel-closed",
            "holiday": "public-holiday",
            "release": "kept-until-release",
        }
        for condition, code in conditions.items():
            stricter = replace(enforced, **{condition: True})
            if (found := _covered(case, stricter)) is None:
                codes.add(code)
            else:
                enforced, opened = stricter, found
    if case.visitor.staff:
        codes |= _audience_missed(case)
    if off_minute or (case.start - opened[0]) % (case.reason.grid or case.duration):
        codes.add("not-on-grid")
    return codes


def _holiday(case: Case) -> set[str]:
    """A day that is closed as a holiday says so, also outside the usual hours."""
    day = local_date(case.schedule.zone, case.start)
    rows = rows_for(case.schedule, case.practitioner_id, case.reason.id, case.site_id)
    closed = any(row.holds_on(day) and closed_by_holiday(case.schedule, case.practitioner_id, row, day) for row in rows)
    return {"public-holiday"} if closed else set()


def _audience_code(case: Case) -> str:
    """Which audience would have been admitted: known patients, or the staff alone."""
    known = replace(case, visitor=replace(case.visitor, status="known"))
    return "known-patients-only" if _covered(known, Strictness(True, False, False, False)) else "staff-only"


def _audience_missed(case: Case) -> set[str]:
    """What the staff is told of hours that it opens to a new patient although they are kept for known ones."""
    as_patient = replace(case, visitor=replace(case.visitor, staff=False))
    if _covered(as_patient, Strictness(True, False, False, False)) is not None:
        return set()
    return {_audience_code(as_patient)} - {"staff-only"}


def _counts(case: Case) -> set[str]:
    """Daily maximum, and the patient's other visits."""
    zone = case.schedule.zone
    codes = clashes(case.reason, case.history, zone, case.start, epoch_minute(case.now))
    if case.reason.max_per_day is not None:
        visits = case.busy[case.practitioner_id].visits.get(case.reason.id, ())
        per_day = Counter(local_date(zone, minute) for minute in visits)
        if per_day[local_date(zone, case.start)] >= case.reason.max_per_day:
            codes.add("daily-maximum")
    return codes
