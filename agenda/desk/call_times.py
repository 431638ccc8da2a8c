"""The times to propose in a call, or at the door, with what to read aloud and what stands against a wanted time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy

from agenda.desk.next_times import OFFERED, OfferedTime, next_times, sentence_for
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.models import Practitioner, VisitReason
from medidesk.cabinets.current import current_zone

# What stands against a time, in a word or two; the whole sentence comes with the refusal.
_WORDS = {
    "in-the-past": gettext_lazy("Heure passée"),
    "public-holiday": gettext_lazy("Jour férié"),
    "practitioner-absent": gettext_lazy("Absent"),
    "outside-opening-hours": gettext_lazy("Hors horaires"),
    "not-on-grid": gettext_lazy("Hors grille"),
    "slot-taken": gettext_lazy("Déjà pris"),
    "resource-taken": gettext_lazy("Salle prise"),
}
# Somebody at the door comes now, between two times: neither is worth a word.
_UNSAID_AT_THE_DOOR = {"in-the-past", "not-on-grid"}
_RANK = {"": 0, "slot-taken": 1, "resource-taken": 2}
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
    pressed = [one for one in first if one is not None]
    known = {(one.practitioner.id, one.start) for one in pressed}
    kept = [*pressed, *(one for one in free if (one.practitioner.id, one.start) not in known)][:OFFERED]
    return CallTimes(tuple(_proposal(one, now) for one in kept), day)


def _wanted(reason: VisitReason, practitioners: Sequence[Practitioner], now: datetime, wanted: datetime) -> OfferedTime | None:
    """The time that was pressed in the agenda, with the first rule against it; None when nobody of these offers the reason."""
    standing = [(one, against) for one in practitioners if (against := _against(reason, one, now, wanted)) is not None]
    if not standing:
        return None
    one, against = min(standing, key=lambda pair: len(pair[1]))
    return OfferedTime(one, None, wanted, str(_WORDS.get(against[0], against[0])) if against else "")


def _against(reason: VisitReason, practitioner: Practitioner, now: datetime, start: datetime) -> list[str] | None:
    """The codes that want insistence; None when the practitioner does not offer the reason."""
    refusals = explain(visit_reason_id=reason.id, practitioner_id=practitioner.id, start=start, now=now, visitor=_DESK)
    if any(one.severity == "refuse" for one in refusals):
        return None
    return [one.code for one in refusals if one.severity == "insist"]


def times_for_walk_in(reason: VisitReason | None, practitioners: Sequence[Practitioner], now: datetime) -> CallTimes:
    """Now, with each practitioner who offers the reason, the free ones first; what stands against it is said, and passed over."""
    wall = now.astimezone(current_zone())
    start = wall.replace(minute=wall.minute - wall.minute % STEP, second=0, microsecond=0)
    found: list[tuple[int, OfferedTime]] = []
    for one in practitioners:
        against = _against(reason, one, now, start) if reason else None
        if against is not None:
            code = next((code for code in against if code not in _UNSAID_AT_THE_DOOR), "")
            found.append((_RANK.get(code, 3), OfferedTime(one, None, start, str(_WORDS.get(code, code)))))
    offered = [one for _rank, one in sorted(found, key=lambda pair: pair[0])]
    return CallTimes(tuple(_proposal(one, now) for one in offered), wall.date())


def _proposal(offered: OfferedTime, now: datetime) -> Proposal:
    day = offered.start.date()
    return Proposal(offered, sentence_for(offered, now), day, day == now.astimezone(current_zone()).date())
