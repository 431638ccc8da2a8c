"""Where a bundle fits: the first combinations of free times in which every member has a place.

A fixed number of queries for each member, then a bounded search on integers; nothing is written or locked. Two consecutive visits of
one day are at the same site.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agenda.actors import Actor
from agenda.bundles.wishes import Arrangement, Wanted, check_wanted
from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import DAY, day_range, instant_of, local_date
from agenda.free_times.availability import free_slots
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History, visitor_for
from agenda.free_times.rooms import choose_rooms
from agenda.free_times.rules.patient import too_near
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule

# How many places are tried for one start of the first member, and in all: what bounds the time of an answer.
STEPS_PER_START, MOST_STEPS = 2_000, 40_000


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one member would be."""

    practitioner_id: UUID
    site_id: UUID | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    """A free start of one member, in minutes."""

    start: int
    rank: int
    practitioner_id: UUID
    site_id: UUID | None
    end: int
    span: Range


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A member's place in the combination that is being tried, with its rooms."""

    place: _Place
    rooms: tuple[UUID, ...]


@dataclass(slots=True)
class _Search:
    """What one call works on."""

    schedule: Schedule
    members: Sequence[Wanted]
    reasons: list[ReasonPlan]
    visitors: list[Visitor]
    arrangement: Arrangement
    places: list[list[_Place]]
    rooms_busy: dict[UUID, Busy]
    steps: int = 0
    limit: int = 0


def bundle_offers(
    members: Sequence[Wanted],
    *,
    arrangement: Arrangement,
    days: tuple[date, date],
    actor: Actor,
    source: str,
    now: datetime,
    count: int = 5,
) -> list[list[Placement]]:
    """The first combinations in the days [first, last), at most one for each start of the first member, ascending; each has a place for
    every member, in their order. Raises UnknownReference, Refused `out-of-bounds`."""
    schedule = current_schedule()
    check_wanted(members, days, count, schedule)
    search = _prepare(schedule, members, arrangement, days, actor, source, now)
    offers: list[list[Placement]] = []
    tried: set[int] = set()
    for first in search.places[0]:
        if len(offers) >= count or search.steps >= MOST_STEPS:
            break
        if first.start in tried:
            continue
        search.limit = min(search.steps + STEPS_PER_START, MOST_STEPS)
        if (found := _complete(search, [], first)) is not None:
            tried.add(first.start)
            offers.append([_placement(one.place) for one in found])
    return offers


def _prepare(
    schedule: Schedule, members: Sequence[Wanted], arrangement: Arrangement, days: tuple[date, date], actor: Actor, source: str,
    now: datetime,
) -> _Search:  # fmt: skip
    reasons = [schedule.reasons[one.visit_reason_id] for one in members]
    visitors = [visitor_for(actor=actor, source=source, patient_id=one.patient_id, now=now) for one in members]
    places = [
        _places(member, reason, visitor, days, now) for member, reason, visitor in zip(members, reasons, visitors, strict=True)
    ]  # fmt: skip
    kinds = {kind for reason in reasons for kind in reason.kinds}
    rooms = [room for (_site, kind), those in schedule.rooms.items() if kind in kinds for room in those]
    window = (day_range(schedule.zone, days[0])[0] - DAY, day_range(schedule.zone, days[1])[0] + DAY)
    return _Search(schedule, members, reasons, visitors, arrangement, places, read_busy(rooms, window, now))


def _places(member: Wanted, reason: ReasonPlan, visitor: Visitor, days: tuple[date, date], now: datetime) -> list[_Place]:
    """The free starts of one member, ascending; between equals, the order of the columns."""
    offers = free_slots(
        visit_reason_id=member.visit_reason_id, start_date=days[0], end_date=days[1], now=now, visitor=visitor,
        practitioner_ids=member.practitioner_ids or None, site_id=member.site_id,
    )  # fmt: skip
    places = [
        _Place(
            start, rank, offer.practitioner_id, offer.site_id, start + offer.duration_minutes,
            (start - reason.before, start + offer.duration_minutes + reason.after),
        )
        for rank, offer in enumerate(offers)
        for start in offer.free.starts
    ]  # fmt: skip
    return sorted(places, key=lambda one: (one.start, one.rank))


def _complete(search: _Search, chosen: list[_Chosen], place: _Place) -> list[_Chosen] | None:
    """The combination that begins with `chosen` and `place` and ends first; None when there is none within the steps."""
    search.steps += 1
    rooms = _rooms(search, chosen, place)
    if rooms is None or _clashes(search, chosen, place):
        return None
    so_far = [*chosen, _Chosen(place, rooms)]
    if len(so_far) == len(search.members):
        return so_far
    low, high = _bounds(search, so_far)
    places = search.places[len(so_far)]
    for n in range(bisect_left(places, low, key=lambda one: one.start), len(places)):
        if places[n].start > high or search.steps >= search.limit:
            return None
        if (found := _complete(search, so_far, places[n])) is not None:
            return found
    return None


def _bounds(search: _Search, so_far: list[_Chosen]) -> Range:
    """The first and the last start that the next member may have."""
    member = search.members[len(so_far)]
    if search.arrangement == "at_once":
        first = so_far[0].place.start
        return first + member.least_gap, first + member.most_gap
    end = so_far[-1].place.end
    return end + member.least_gap, end + member.most_gap


def _clashes(search: _Search, chosen: list[_Chosen], place: _Place) -> bool:
    """Would this member be where another is, or its patient in two places, or too near to an earlier member's visit?"""
    zone, n = search.schedule.zone, len(chosen)
    member, reason = search.members[n], search.reasons[n]
    for other, one in zip(search.members, chosen, strict=False):
        taken = one.place
        if taken.practitioner_id == place.practitioner_id and taken.span[0] < place.span[1] and place.span[0] < taken.span[1]:
            return True
        if other.patient_id != member.patient_id:
            continue
        if taken.start < place.end and place.start < taken.end:
            return True
        same = other.visit_reason_id == member.visit_reason_id and not search.visitors[n].staff
        if same and too_near(reason, History((taken.start,)), zone, place.start):
            return True
    if not chosen or chosen[-1].place.site_id == place.site_id:
        return False
    return local_date(zone, chosen[-1].place.start) == local_date(zone, place.start)


def _rooms(search: _Search, chosen: list[_Chosen], place: _Place) -> tuple[UUID, ...] | None:
    """The rooms that booking would choose for this member after the others; None when there are not enough."""
    reason = search.reasons[len(chosen)]
    if not reason.kinds:
        return ()
    taken = {
        room for one in chosen if one.place.span[0] < place.span[1] and place.span[0] < one.place.span[1] for room in one.rooms
    }  # fmt: skip
    found = choose_rooms(
        search.schedule, reason, place.site_id, lambda room: room not in taken and search.rooms_busy[room].is_free(*place.span)
    )
    return None if found is None else tuple(found)


def _placement(place: _Place) -> Placement:
    return Placement(place.practitioner_id, place.site_id, instant_of(place.start), instant_of(place.end))
