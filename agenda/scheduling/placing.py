"""Where a new visit or hold goes: the locks, the look, the choice of practitioner, shared by booking and holding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import epoch_minute, instant_of
from agenda.errors import UnknownReference
from agenda.free_times.busy import Look
from agenda.free_times.examination import Verdict, around, examine
from agenda.free_times.fairness import fairest_first, week_range
from agenda.free_times.openings import Visitor
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules import Refusal, refusals_for
from agenda.free_times.schedule import ReasonPlan, Schedule
from agenda.models import Lane
from agenda.occupancy import Taking, lock_and_look
from agenda.scheduling.present_setup import by_present_setup
from agenda.scheduling.strictness import insisted_on, refusal_error, standing_in_the_way
from medidesk.db.prepared import Statement


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was found, under the set-up of `revision`, and is locked until the transaction ends; the answer to what was asked
    beside the look."""

    practitioner_id: UUID
    site_id: UUID | None
    start: datetime
    end: datetime
    taking: Taking
    warnings: list[Refusal]
    reason: ReasonPlan
    revision: int
    beside: Sequence[Any] | None

    @property
    def rooms(self) -> list[UUID]:
        """The rooms and devices taken beside the practitioner."""
        return list(self.taking.resources[1:])


def find_place(
    *,
    visit_reason_id: UUID,
    start: datetime,
    now: datetime,
    visitor: Callable[[Sequence[Any] | None], Visitor],
    practitioner_id: UUID | None,
    site_id: UUID | None,
    insist: str | None,
    ignored_codes: Sequence[str] = (),
    beside: Statement | None = None,
) -> Place:
    """Lock, look, choose. `visitor` is told the row that the question asked `beside` the look answers.

    Without a practitioner: the fairest choice among those who can (agenda/free_times/fairness.py).
    Raises UnknownReference, SlotTaken, ResourceTaken, or Refused with the code of the first rule in the way.
    """
    minute = epoch_minute(start)
    look = partial(
        _look, visit_reason_id=visit_reason_id, practitioner_id=practitioner_id, site_id=site_id, minute=minute, now=now, beside=beside
    )
    schedule, (reason, those, seen) = by_present_setup(look)
    whom, busy = visitor(seen.beside), seen.busy
    verdicts: list[tuple[UUID, Verdict, list[Refusal]]] = []
    for one in fairest_first(schedule, those, busy, minute) if len(those) > 1 else those:
        verdict = examine(schedule, reason.id, one, start, now, whom, site_id=site_id, busy=busy)
        refusals = [refusal for refusal in verdict.refusals if refusal.code not in ignored_codes]
        if not standing_in_the_way(refusals, insist):
            return _place(reason, one, verdict, refusals, minute, seen)
        verdicts.append((one, verdict, standing_in_the_way(refusals, insist)))
    if not verdicts:
        raise refusal_error(refusals_for({"reason-not-offered"}, staff=whom.staff))
    raise refusal_error(_nearest([in_the_way for _, _, in_the_way in verdicts]))


def _look(
    schedule: Schedule,
    *,
    visit_reason_id: UUID,
    practitioner_id: UUID | None,
    site_id: UUID | None,
    minute: int,
    now: datetime,
    beside: Statement | None,
) -> tuple[int, tuple[ReasonPlan, list[UUID], Look]]:
    """Lock whoever may be chosen and what they may need; the present revision, and the reason, they, and what is seen."""
    reason = schedule.reasons.get(visit_reason_id)
    if reason is None:
        raise UnknownReference("/visit_reason")
    if site_id is not None and site_id not in schedule.postal_codes:
        raise UnknownReference("/site")
    those = schedule.practitioners_of(reason.id) if practitioner_id is None else [practitioner_id]
    rooms = rooms_needed(schedule, reason, [site_id] if site_id else schedule.postal_codes)
    look = lock_and_look([*those, *rooms], _looked_at(schedule, minute, of_many=len(those) > 1), now, beside)
    return look.revision, (reason, those, look)


def _looked_at(schedule: Schedule, minute: int, *, of_many: bool) -> Range:
    """The window that the rules need; where there is a choice, the whole week too, to choose fairly."""
    low, high = around(minute)
    week = week_range(schedule, minute) if of_many else (low, high)
    return min(low, week[0]), max(high, week[1])


def _nearest(ways: list[list[Refusal]]) -> list[Refusal]:
    """Of several practitioners' refusals, those to answer with: "taken" says most, else the first one's."""
    return next((way for way in ways if way[0].code in ("slot-taken", "resource-taken")), ways[0])


def _place(reason: ReasonPlan, practitioner_id: UUID, verdict: Verdict, refusals: list[Refusal], minute: int, seen: Look) -> Place:
    duration = reason.durations[practitioner_id]
    taking = Taking(
        resources=(practitioner_id, *verdict.rooms),
        span=(minute - reason.before, minute + duration + reason.after),
        visit_minute=minute,
        visit_reason=reason.id,
        lane=Lane.EXTRA if insisted_on(refusals) else Lane.NORMAL,
    )
    return Place(
        practitioner_id,
        verdict.site_id,
        instant_of(minute),
        instant_of(minute + duration),
        taking,
        refusals,
        reason,
        seen.revision,
        seen.beside,
    )
