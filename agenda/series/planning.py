"""Looking at a series before it is booked: each wanted time by the rules, and the nearest free times where one is refused.

A fixed number of queries whatever the number of occurrences; nothing is written or locked.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from agenda.actors import Actor
from agenda.calendar.intervals import Range, bits_of
from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.availability import Slot, free_slots
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.examination import Verdict, around, examine
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History, history_of, visitor_for
from agenda.free_times.rules import Refusal
from agenda.scheduling.strictness import standing_in_the_way, warnings_among
from agenda.series.wishes import Ground, Wish, check_wish

ALTERNATIVES = 3
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Prospect:
    """One wanted time: what stands in its way (nothing: it can be booked), what the staff would pass over, free times near it."""

    number: int
    start: datetime
    in_the_way: list[Refusal]
    warnings: list[Refusal]
    alternatives: list[datetime] = field(default_factory=list)

    @property
    def bookable(self) -> bool:
        """Would it be booked as things stand?"""
        return not self.in_the_way


@dataclass(slots=True)
class _Look:
    """What is known while the occurrences are looked at one after the other: those that can be booked count for the next ones."""

    wish: Wish
    ground: Ground
    visitor: Visitor
    now: datetime
    busy: dict[UUID, Busy]
    history: History
    spans: list[Range] = field(default_factory=list)


def plan_series(wish: Wish, *, actor: Actor, source: str, now: datetime) -> list[Prospect]:
    """What booking this series now would give, occurrence by occurrence. Raises UnknownReference, Refused `out-of-bounds`."""
    ground = check_wish(wish, now)
    visitor = visitor_for(actor=actor, source=source, patient_id=wish.patient_id, now=now)
    minutes = [epoch_minute(start) for start in wish.starts]
    window = (around(min(minutes))[0], around(max(minutes))[1])
    look = _Look(
        wish, ground, visitor, now, read_busy(ground.resources, window, now), history_of(wish.patient_id, ground.reason)
    )  # fmt: skip
    found = [_prospect(look, number, start) for number, start in enumerate(wish.starts, 1)]
    refused = [one for one in found if one.in_the_way]
    if refused:
        slots = _free_around(look, refused)
        for one in refused:
            one.alternatives.extend(_nearest(slots, one.start))
    return found


def _prospect(look: _Look, number: int, start: datetime) -> Prospect:
    wish = look.wish
    verdict = examine(
        look.ground.schedule, wish.visit_reason_id, wish.practitioner_id, start, look.now, look.visitor,
        site_id=wish.site_id, busy=look.busy, history=look.history,
    )  # fmt: skip
    passed_over = wish.passed_over(len(look.spans))
    refusals = [one for one in verdict.refusals if one.code not in passed_over]
    in_the_way = standing_in_the_way(refusals, wish.insist)
    if not in_the_way:
        _count_on(look, verdict, epoch_minute(start))
    return Prospect(number, start, in_the_way, warnings_among(refusals))


def _count_on(look: _Look, verdict: Verdict, minute: int) -> None:
    """This occurrence will be there when the next one is looked at."""
    reason = look.ground.reason
    span = (minute - reason.before, minute + reason.durations.get(look.wish.practitioner_id, 30) + reason.after)
    look.spans.append(span)
    look.history = History((*look.history.starts, minute))
    for resource in (look.wish.practitioner_id, *verdict.rooms):
        one = look.busy[resource]
        one.spans.append(span)
        one.visits.setdefault(reason.id, []).append(minute)
        one.bits |= bits_of([span], one.origin, one.length)


def _free_around(look: _Look, refused: Sequence[Prospect]) -> list[Slot]:
    """The free times near the refused ones, without those that other occurrences of the series would take."""
    zone, wish = look.ground.schedule.zone, look.wish
    days = [one.start.astimezone(zone).date() for one in refused]
    offers = free_slots(
        visit_reason_id=wish.visit_reason_id, start_date=min(days) - NEAR, end_date=max(days) + NEAR + timedelta(days=1), now=look.now,
        visitor=look.visitor, practitioner_ids=[wish.practitioner_id], site_id=wish.site_id,
    )  # fmt: skip
    reason = look.ground.reason
    length = reason.durations.get(wish.practitioner_id, 30) + reason.after
    slots = sorted((slot for offer in offers for slot in offer.slots), key=lambda slot: slot.start_minute)
    return [
        slot
        for slot in slots
        if not any(a < slot.start_minute + length and slot.start_minute - reason.before < b for a, b in look.spans)
    ]  # fmt: skip


def _nearest(slots: Sequence[Slot], wanted: datetime) -> list[datetime]:
    """The few free times nearest to the wanted one, ascending, none further than a week."""
    minute, near = epoch_minute(wanted), int(NEAR.total_seconds() // 60)
    place = bisect_left(slots, minute, key=lambda slot: slot.start_minute)
    around_it = slots[max(0, place - ALTERNATIVES) : place + ALTERNATIVES]
    close = [slot for slot in around_it if abs(slot.start_minute - minute) <= near]
    chosen = sorted(close, key=lambda slot: abs(slot.start_minute - minute))[:ALTERNATIVES]
    return sorted(slot.start.astimezone(wanted.tzinfo) for slot in chosen)
