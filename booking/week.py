"""The times offered, day by day, as the page shows them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.free_times.availability import FreeSlot, Offer, free_slots, next_slot
from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import current_schedule
from booking.empty_days import WhyEmpty, why_empty
from medidesk.cabinets.current import current_zone

DAYS_SHOWN = 5
DAYS_READ = 7
NOON = 12
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Time:
    """A free time: the instant in the cabinet's zone, its RFC 3339 text, with whom and where."""

    start: datetime
    text: str
    practitioner_id: UUID
    practitioner_name: str
    site_id: UUID | None


@dataclass(slots=True)
class Day:
    """A day with its free times, or why it has none."""

    date: date
    times: list[Time] = field(default_factory=list)
    why_empty: WhyEmpty | None = None

    @property
    def morning(self) -> list[Time]:
        """Before noon."""
        return [one for one in self.times if one.start.hour < NOON]

    @property
    def afternoon(self) -> list[Time]:
        """From noon on."""
        return [one for one in self.times if one.start.hour >= NOON]


@dataclass(frozen=True, slots=True)
class Week:
    """Five days to choose from, and where the arrows lead."""

    days: list[Day]
    previous: date | None
    following: date

    @property
    def last_day(self) -> date:
        """The last of these days."""
        return self.days[-1].date

    @property
    def is_empty(self) -> bool:
        """No time at all in these days?"""
        return self.count == 0

    @property
    def count(self) -> int:
        """How many times these days offer."""
        return sum(len(day.times) for day in self.days)


def week_from(
    first_day: date, *, visit_reason_id: UUID, visitor: Visitor, now: datetime, practitioner_ids: list[UUID] | None = None
) -> Week:
    """Up to five days from `first_day` on, without the weekend days on which nobody works."""
    today = now.astimezone(current_zone()).date()
    last = first_day + timedelta(days=DAYS_READ)
    offers = free_slots(
        visit_reason_id=visit_reason_id, start_date=first_day, end_date=last, now=now, visitor=visitor, practitioner_ids=practitioner_ids
    )
    by_day = _by_day(offers)
    days = [Day(first_day + timedelta(days=n), by_day.get(first_day + timedelta(days=n), [])) for n in range(DAYS_READ)]
    days = [day for day in days if day.times or day.date.weekday() < SATURDAY][:DAYS_SHOWN]
    empty = [day.date for day in days if not day.times]
    reasons = why_empty(empty, visit_reason_id=visit_reason_id, visitor=visitor, now=now, practitioner_ids=practitioner_ids)
    for day in days:
        day.why_empty = reasons.get(day.date)
    previous = max(first_day - timedelta(days=DAYS_READ), today) if first_day > today else None
    return Week(days, previous, days[-1].date + timedelta(days=1))


def first_free(
    *, visit_reason_id: UUID, visitor: Visitor, now: datetime, start_date: date | None = None, practitioner_ids: list[UUID] | None = None
) -> FreeSlot | None:
    """The first free time within a year, its instants in the cabinet's zone."""
    zone = current_zone()
    found = next_slot(
        visit_reason_id=visit_reason_id, start_date=start_date or now.astimezone(zone).date(), now=now, visitor=visitor,
        practitioner_ids=practitioner_ids,
    )  # fmt: skip
    return found and FreeSlot(found.practitioner_id, found.site_id, found.start.astimezone(zone), found.end.astimezone(zone))


def nearest_times(
    wanted: datetime, *, visit_reason_id: UUID, visitor: Visitor, now: datetime, practitioner_ids: list[UUID] | None = None, count: int = 3
) -> list[Time]:
    """The `count` free times nearest to `wanted`, in a fortnight around it; later ones when there are none."""
    today = now.astimezone(current_zone()).date()
    day = max(wanted.astimezone(current_zone()).date(), today)
    first = max(day - timedelta(days=DAYS_READ), today)

    def between(start: date, end: date) -> list[Time]:
        offers = free_slots(
            visit_reason_id=visit_reason_id, start_date=start, end_date=end, now=now, visitor=visitor, practitioner_ids=practitioner_ids
        )
        return _one_per_start(offers)

    times = between(first, day + timedelta(days=DAYS_READ + 1)) or between(day, day + timedelta(days=62))
    return sorted(sorted(times, key=lambda one: abs(one.start - wanted))[:count], key=lambda one: one.start)


def _by_day(offers: Iterable[Offer]) -> dict[date, list[Time]]:
    days: dict[date, list[Time]] = {}
    for time in _one_per_start(offers):
        days.setdefault(time.start.date(), []).append(time)
    return days


def _one_per_start(offers: Iterable[Offer]) -> list[Time]:
    """Ascending; when several are free at one time, the one who has most room that day, so that the load spreads."""
    room: Counter[tuple[UUID, date]] = Counter()
    every: list[Time] = []
    names = {plan.id: plan.name for plan in current_schedule().practitioners.values()}
    for offer in offers:
        for slot in offer.slots:
            name = names[offer.practitioner_id]
            time = Time(datetime.fromisoformat(slot.text), slot.text, offer.practitioner_id, name, offer.site_id)
            every.append(time)
            room[time.practitioner_id, time.start.date()] += 1
    chosen: dict[datetime, Time] = {}
    for time in every:
        rival = chosen.get(time.start)
        if rival is None or room[time.practitioner_id, time.start.date()] > room[rival.practitioner_id, rival.start.date()]:
            chosen[time.start] = time
    return [chosen[start] for start in sorted(chosen)]
