"""The times to propose in a call, or at the door, with what to read aloud and what stands against a wanted time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agenda.examination import explain
from agenda.models import Practitioner, VisitReason
from agenda.next_times import OFFERED, OfferedTime, next_times, sentence_for
from agenda.openings import Visitor
from medidesk.cabinets.current import current_zone

STEP = 5  # minutes: somebody at the door starts at the next round one
_DESK = Visitor(status="known", staff=True, channel="phone")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time, its sentence, whether it is today, and what it would insist on."""

    offered: OfferedTime
    sentence: str
    day: date
    is_today: bool


@dataclass(frozen=True, slots=True)
class CallTimes:
    """What to propose; `since` is the first day looked at."""

    proposals: tuple[Proposal, ...]
    since: date


def times_for_call(
    reason: VisitReason | None, practitioners: Sequence[Practitioner], now: datetime, *, since: date, wanted: datetime | None
) -> CallTimes:
    """The wanted time first, even against a rule (said), then the next free ones from that day on."""
    if reason is None:
        return CallTimes((), since)
    first = [_wanted(reason, practitioners, now, wanted)] if wanted else []
    per_day = None if len(practitioners) == 1 else 2
    day = wanted.date() if wanted else since
    free = next_times(
        visit_reason_id=reason.id, start_date=max(day, now.astimezone(current_zone()).date()), now=now, visitor=_DESK,
        practitioners=practitioners, per_day=per_day, after=wanted,
    )  # fmt: skip
    known = {one.value for one in first if one}
    offered = [one for one in (*first, *free) if one is not None]
    kept = [one for n, one in enumerate(offered) if n == 0 or one.value not in known][:OFFERED]
    return CallTimes(tuple(_proposal(one, now) for one in kept), day)


def _wanted(reason: VisitReason, practitioners: Sequence[Practitioner], now: datetime, wanted: datetime) -> OfferedTime | None:
    """The time that was pressed in the agenda, with the first rule against it; None when its practitioner does not offer the reason."""
    best: OfferedTime | None = None
    for one in practitioners:
        against = explain(visit_reason_id=reason.id, practitioner_id=one.id, start=wanted, now=now, visitor=_DESK)
        standing = [refusal for refusal in against if refusal.severity != "warn"]
        if any(refusal.severity == "refuse" for refusal in standing):
            continue
        offered = OfferedTime(one, None, wanted, standing[0].detail if standing else "")
        if not offered.refused:
            return offered
        best = best or offered
    return best


def times_for_walk_in(reason: VisitReason | None, practitioners: Sequence[Practitioner], now: datetime) -> CallTimes:
    """Now, with each practitioner who offers the reason; what stands against it is said, and passed over."""
    wall = now.astimezone(current_zone())
    start = wall.replace(minute=wall.minute - wall.minute % STEP, second=0, microsecond=0)
    start += timedelta(minutes=STEP) if start < wall.replace(second=0, microsecond=0) else timedelta()
    found = [_wanted(reason, [one], now, start) for one in practitioners] if reason else []
    offered = sorted((one for one in found if one), key=lambda one: bool(one.refused))
    return CallTimes(tuple(_proposal(one, now) for one in offered), wall.date())


def _proposal(offered: OfferedTime, now: datetime) -> Proposal:
    day = offered.start.date()
    return Proposal(offered, sentence_for(offered, now), day, day == now.astimezone(current_zone()).date())
