"""Is booking online closed to a patient, or to be validated, after repeated missed visits? Until when, and because of which visit?

Computed from the cabinet's own visits, so that undoing or excusing a missed visit is enough to change the answer. A step begins with the
last missed visit and ends by itself: on the cabinet's wall, at the midnight that begins the day so many days later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from agenda.free_times.missed_visits_policy import MissedVisitsPolicy, Step
from agenda.free_times.schedule import current_schedule, kept_schedule
from agenda.models import Appointment, ClosingReview, MissedVisitExcuse, Status
from medidesk.cabinets.current import current_zone

LONGEST_DAYS = 730  # of a window, and of a step (agenda/setup/booking_policy.py)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a patient stands. `missed` visits count; `step` holds until `until` because of the visit `because_of`, unless it is None.

    `contested` says that the patient has contested, `decision` what the cabinet answered (`lifted` ends the step at once).
    """

    missed: int = 0
    step: Step | None = None
    until: datetime | None = None
    because_of: UUID | None = None
    contested: bool = False
    decision: str = ""

    @property
    def holds(self) -> bool:
        """Is a step in force?"""
        return self.step is not None and self.decision != ClosingReview.Decision.LIFTED

    @property
    def is_closed(self) -> bool:
        """Is booking online closed?"""
        return self.step is not None and self.holds and self.step.closes

    @property
    def is_validated(self) -> bool:
        """Does the cabinet validate each booking?"""
        return self.step is not None and self.holds and not self.step.closes


OPEN = Standing()


def closed_until(patient_id: UUID | None, now: datetime, policy: MissedVisitsPolicy | None = None) -> datetime | None:
    """Until when booking online is closed to this patient; None when it is open. No query when the cabinet has no such rule and `policy`
    (of the caller's schedule) is given."""
    standing = standing_of(patient_id, now, policy)
    return standing.until if standing.is_closed else None


def needs_validation_until(patient_id: UUID | None, now: datetime, policy: MissedVisitsPolicy | None = None) -> datetime | None:
    """Until when the cabinet validates what this patient books; None when it need not."""
    standing = standing_of(patient_id, now, policy)
    return standing.until if standing.is_validated else None


def is_validated(patient_id: UUID | None, now: datetime) -> bool:
    """Does the cabinet validate what this patient books, by the schedule that the caller's verb has just read? Else no query."""
    schedule = kept_schedule()
    return schedule is not None and needs_validation_until(patient_id, now, schedule.missed_visits) is not None


def standing_of(patient_id: UUID | None, now: datetime, policy: MissedVisitsPolicy | None = None) -> Standing:
    """Where the patient stands: one query, none without a patient or a rule."""
    if patient_id is None:
        return OPEN
    return standings_of([patient_id], now, policy).get(patient_id, OPEN)


def standings_of(patient_ids: list[UUID], now: datetime, policy: MissedVisitsPolicy | None = None) -> dict[UUID, Standing]:
    """Where each of these patients stands; those without a counting missed visit are left out. One query."""
    policy = policy if policy is not None else current_schedule().missed_visits
    if not policy.is_on or not patient_ids:
        return {}
    columns = ("patient_id", "start", "id", "closing_review__contested_at", "closing_review__decision")
    found: dict[UUID, list[_Missed]] = {}
    for patient_id, *missed in missed_visits(patient_ids, now).filter(excused=False).values_list(*columns):
        found.setdefault(patient_id, []).append(_Missed(*missed))
    return {patient_id: _standing(missed, policy, now) for patient_id, missed in found.items()}


def missed_visits(patient_ids: Iterable[UUID], now: datetime) -> QuerySet[Appointment]:
    """The missed visits that any rule could look at, the first one first; `excused` says whether one does not count."""
    since = now - timedelta(days=2 * LONGEST_DAYS + 1)
    standing = MissedVisitExcuse.objects.filter(appointment=OuterRef("pk"), withdrawn_at=None)
    rows = Appointment.objects.filter(patient_id__in=list(patient_ids), status=Status.NO_SHOW, start__gt=since)
    return rows.annotate(excused=Exists(standing)).order_by("start", "id")


@dataclass(frozen=True, slots=True)
class _Missed:
    """A counting missed visit and what was said of the closing that it led to."""

    start: datetime
    id: UUID
    contested_at: datetime | None
    decision: str | None


def _standing(missed: list[_Missed], policy: MissedVisitsPolicy, now: datetime) -> Standing:
    """The step that the last missed visit led to, when it has not ended."""
    last = missed[-1]
    since = last.start - timedelta(days=policy.window_days)
    count = sum(one.start > since for one in missed)
    step = policy.step_for(count)
    until = _ends(last.start, step) if step else None
    if until is None or until <= now:
        return Standing(missed=count)
    return Standing(count, step, until, last.id, last.contested_at is not None, last.decision or "")


def _ends(start: datetime, step: Step) -> datetime:
    """The midnight of the cabinet at which the step ends."""
    zone = current_zone()
    day = start.astimezone(zone).date() + timedelta(days=step.days)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
