"""Which other times to propose to the patients of an absence, computed together: nobody is proposed first what another is.

A search reads the free times of each reason, for known and for new patients, in one or two windows: the number of queries depends
on the reasons, never on the visits.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.calendar.wall_time import epoch_minute, instant_of
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.mass_absence.affected import Scope
from agenda.models import Appointment, Status
from medidesk.cabinets.current import current_zone
from patients.models import Patient

OFFERED = 3
DAYS = 31  # searched from the first day of the absence, and again from its last
NOTICE = timedelta(hours=2)  # nothing sooner: the message has to be read first
_MISSED = (Status.CANCELLED, Status.NO_SHOW)


@dataclass(frozen=True, slots=True, order=True)
class FreeTime:
    """A time that could be proposed; minutes since the epoch."""

    minute: int
    rank: int
    practitioner_id: UUID
    duration: int

    @property
    def start(self) -> datetime:
        """The instant."""
        return instant_of(self.minute)

    @property
    def as_json(self) -> dict[str, str]:
        """As a line keeps it."""
        return {"practitioner": str(self.practitioner_id), "start": self.start.isoformat()}


Pools = dict[tuple[UUID, bool], list[FreeTime]]


def proposals_for(visits: Sequence[Appointment], scope: Scope, now: datetime) -> dict[UUID, list[FreeTime]]:
    """Up to three times for each visit, ascending: the first free with its own practitioner outside the absence, then with anybody who
    offers the reason, never earlier than the visit was. A time is proposed to one patient as long as there are enough."""
    known = _known_among({visit.patient_id for visit in visits if visit.patient_id}, now)
    pools: Pools = {}
    for visit in visits:
        key = _key(visit, known)
        if key and key not in pools:
            pools[key] = _free_times(key[0], scope, now, Visitor(status="known" if key[1] else "new", channel="website"))
    return _allocate(visits, pools, known, now)


def same_time_elsewhere(visits: Sequence[Appointment], scope: Scope, now: datetime) -> dict[UUID, list[UUID]]:
    """For each visit, the practitioners who are free at its very time and offer its reason, in the order of the columns."""
    desk = Visitor(status="known", staff=True, channel="phone")
    starts: dict[UUID, dict[int, list[UUID]]] = {}
    for reason_id in {visit.visit_reason_id for visit in visits if visit.visit_reason_id}:
        at: dict[int, list[UUID]] = defaultdict(list)
        for one in _free_times(reason_id, scope, now, desk, days=0):
            at[one.minute].append(one.practitioner_id)
        starts[reason_id] = at
    return {
        visit.id: [one for one in starts[visit.visit_reason_id].get(epoch_minute(visit.start), []) if one != visit.practitioner_id]
        for visit in visits
        if visit.visit_reason_id
    }


def _key(visit: Appointment, known: set[UUID]) -> tuple[UUID, bool] | None:
    """Visits with an equal key choose among the same times; without a reason nothing can be booked again."""
    return (visit.visit_reason_id, visit.patient_id in known) if visit.visit_reason_id and visit.patient_id else None


def _known_among(patients: set[UUID], now: datetime) -> set[UUID]:
    """Those who have been here, or are known by the cabinet's word; two queries."""
    said = Patient.objects.filter(pk__in=patients, known=True).values_list("id", flat=True)
    came = Appointment.objects.filter(patient_id__in=patients, start__lt=now).exclude(status__in=_MISSED)
    return {*said, *came.values_list("patient_id", flat=True).distinct()}


def _free_times(reason_id: UUID, scope: Scope, now: datetime, visitor: Visitor, days: int = DAYS) -> list[FreeTime]:
    """The free times for that reason around the absence (those within it left out), ascending."""
    zone = current_zone()
    today = now.astimezone(zone).date()
    first, last = max(scope.start.astimezone(zone).date(), today), max(scope.end.astimezone(zone).date(), today)
    end = last + timedelta(days=days + 1)
    in_one = days == 0 or (last - first).days <= DAYS
    windows = [(first, end)] if in_one else [(first, first + timedelta(days=days)), (last, end)]
    found: set[FreeTime] = set()
    for start_date, end_date in windows:
        offers = free_slots(visit_reason_id=reason_id, start_date=start_date, end_date=end_date, now=now, visitor=visitor)
        ranks = {offer.practitioner_id: rank for rank, offer in reversed([*enumerate(offers)])}
        for offer in offers:
            length = timedelta(minutes=offer.duration_minutes)
            for minute in offer.free.starts:
                start = instant_of(minute)
                if not scope.meets(offer.practitioner_id, offer.site_id, start, start + length):
                    found.add(FreeTime(minute, ranks[offer.practitioner_id], offer.practitioner_id, offer.duration_minutes))
    return sorted(found)


class _Promised:
    """The ranges already proposed to somebody, per practitioner."""

    def __init__(self) -> None:
        self._ranges: dict[UUID, list[tuple[int, int]]] = defaultdict(list)

    def is_free(self, time: FreeTime) -> bool:
        """Does the time touch none of them?"""
        ranges = self._ranges[time.practitioner_id]
        place = bisect_right(ranges, (time.minute, 1 << 40))
        before = place and ranges[place - 1][1] > time.minute
        after = place < len(ranges) and ranges[place][0] < time.minute + time.duration
        return not before and not after

    def add(self, time: FreeTime) -> None:
        """From now on it is somebody's."""
        insort(self._ranges[time.practitioner_id], (time.minute, time.minute + time.duration))


def _allocate(visits: Sequence[Appointment], pools: Pools, known: set[UUID], now: datetime) -> dict[UUID, list[FreeTime]]:
    """In three rounds, so that everybody has a first time before anybody has a second."""
    chosen: dict[UUID, list[FreeTime]] = {visit.id: [] for visit in visits}
    promised = _Promised()
    earliest = epoch_minute(now + NOTICE)
    for turn in range(OFFERED):
        for visit in visits:
            key = _key(visit, known)
            if key is None:
                continue
            pool, mine = pools[key], chosen[visit.id]
            first = bisect_left(pool, max(earliest, epoch_minute(visit.start)), key=lambda one: one.minute)
            found = _first(pool, first, mine, promised.is_free, visit.practitioner_id if turn == 0 else None)
            if found:
                promised.add(found)
            elif turn > 0:  # fewer times than patients: the later ones may be proposed twice
                found = _first(pool, first, mine, lambda _time: True, None)
            if found:
                mine.append(found)
    return {visit_id: sorted(times) for visit_id, times in chosen.items()}


def _first(
    pool: list[FreeTime], first: int, mine: list[FreeTime], is_free: Callable[[FreeTime], bool], preferred: UUID | None
) -> FreeTime | None:
    """The first time that suits: with the preferred practitioner if there is one, else with anybody."""

    def suiting() -> Iterator[FreeTime]:
        return (pool[n] for n in range(first, len(pool)) if pool[n] not in mine and is_free(pool[n]))

    own = next((one for one in suiting() if one.practitioner_id == preferred), None) if preferred else None
    return own or next(suiting(), None)
