"""Free times: one function for listing; validation asks the same rules (agenda/free_times/rules/), so nothing listed is refused
except because somebody was faster.

A fixed number of queries whatever the number of days, practitioners or visits; then arithmetic on integers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import DAY, day_range, epoch_minute_up, instant_of
from agenda.errors import UnknownReference
from agenda.free_times.busy import kept_busy, read_versions
from agenda.free_times.counted_visits import CountedVisit, kept_counted
from agenda.free_times.free_starts import NONE as NOTHING_FREE
from agenda.free_times.free_starts import FreeStarts
from agenda.free_times.listing import Search, free_at
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History, histories_of
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules.patient import online_is_closed
from agenda.free_times.rules.quotas import quotas_on
from agenda.free_times.rules.when import bookable_window
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule, kept_schedule
from medidesk.cabinets.current import current_zone

NEXT_SLOT_DAYS = 732  # the longest horizon that a reason may have, today and its last day included


@dataclass(frozen=True, slots=True)
class Slot:
    """A free start: minutes since the epoch, and RFC 3339 in the cabinet's zone."""

    start_minute: int
    text: str

    @property
    def start(self) -> datetime:
        """The instant."""
        return instant_of(self.start_minute)


@dataclass(frozen=True, slots=True)
class Offer:
    """The free times of one practitioner at one site (None: no hours anywhere), ascending; duration in minutes."""

    practitioner_id: UUID
    site_id: UUID | None
    duration_minutes: int
    free: FreeStarts

    @property
    def slots(self) -> list[Slot]:
        """The free times as objects; who wants their texts alone takes them from `free`."""
        return [Slot(start, text) for start, text in zip(self.free.starts, self.free.texts, strict=True)]


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """One free time, whole."""

    practitioner_id: UUID
    site_id: UUID
    start: datetime
    end: datetime


def free_slots(
    *,
    visit_reason_id: UUID,
    start_date: date,
    end_date: date,
    now: datetime,
    visitor: Visitor,
    practitioner_ids: Sequence[UUID] | None = None,
    site_id: UUID | None = None,
) -> list[Offer]:
    """The free times in the days [start_date, end_date), one offer per practitioner and site where there are hours.

    Raises UnknownReference for a reason that does not exist. Practitioners who do not offer the reason have no offer.
    """
    [search] = _prepare([visit_reason_id], practitioner_ids, (start_date, end_date), now, visitor)
    return [offer for practitioner in search.wanted for offer in _offers_of(search, practitioner, site_id)]


def free_slots_of_each(
    *,
    visit_reason_ids: Sequence[UUID],
    start_date: date,
    end_date: date,
    now: datetime,
    visitor: Visitor,
    practitioner_ids: Sequence[UUID] | None = None,
    site_id: UUID | None = None,
) -> list[list[Offer]]:
    """As `free_slots`, for each of the reasons, in their order, with as many queries as for one."""
    searches = _prepare(visit_reason_ids, practitioner_ids, (start_date, end_date), now, visitor)
    return [[offer for one in search.wanted for offer in _offers_of(search, one, site_id)] for search in searches]


def next_slot(
    *,
    visit_reason_id: UUID,
    start_date: date,
    now: datetime,
    visitor: Visitor,
    practitioner_ids: Sequence[UUID] | None = None,
    site_id: UUID | None = None,
    days: int = NEXT_SLOT_DAYS,
) -> FreeSlot | None:
    """The first free time within `days` from `start_date` or today, whichever is later; between equals, the first practitioner in the
    order of the columns."""
    start_date = max(start_date, now.astimezone(current_zone()).date())
    months = _months(start_date, start_date + timedelta(days=days))
    [search] = _prepare([visit_reason_id], practitioner_ids, months[0], now, visitor)
    zone, between = search.schedule.zone, search.between
    between = (
        max(between[0], day_range(zone, start_date)[0]),
        min(between[1], day_range(zone, start_date + timedelta(days=days))[0]),
    )
    if found := _first(replace(search, between=between), site_id):
        return found
    months = [month for month in months[1:] if day_range(zone, month[0])[0] < between[1]]
    for part in _later_months(search, between, months):
        if found := _first(part, site_id):
            return found
    return None


def _months(first: date, last: date) -> list[tuple[date, date]]:
    """The calendar months [first day, first day of the next) that hold the days [first, last): whoever asks, the same ones, so that
    what is kept for them serves everybody."""
    months = [first.replace(day=1)]
    while months[-1] < last:
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return list(pairwise(months))


def _later_months(search: Search, between: tuple[int, int], months: list[tuple[date, date]]) -> Iterator[Search]:
    """The same search in each of these months; who is already there is read at once for all of them."""
    if not months:
        return
    windows = [_read_window(search.schedule, month) for month in months]
    found = kept_busy(search.versions, search.resources, windows, search.now)
    counted = _counted([search], (windows[0][0], windows[-1][1]))
    for month, busy in zip(months, found, strict=True):
        yield replace(search, days=month, between=between, busy=busy, counted=counted)


def _first(search: Search, site_id: UUID | None) -> FreeSlot | None:
    """The first free time of one search, if there is any."""
    offers = [offer for one in search.wanted for offer in _offers_of(search, one, site_id) if offer.free.starts]
    if not offers:
        return None
    offer = min(offers, key=lambda one: one.free.starts[0])
    start = offer.free.starts[0]
    assert offer.site_id is not None
    return FreeSlot(offer.practitioner_id, offer.site_id, instant_of(start), instant_of(start + offer.duration_minutes))


def _practitioners(schedule: Schedule, reason: ReasonPlan, asked: Sequence[UUID] | None) -> list[UUID]:
    offering = schedule.practitioners_of(reason.id)
    if asked is None:
        return offering
    wanted = set(asked)
    return [one for one in offering if one in wanted]


def _prepare(
    reason_ids: Sequence[UUID], asked: Sequence[UUID] | None, days: tuple[date, date], now: datetime, visitor: Visitor
) -> list[Search]:
    """A search for each of the reasons. Read versions, then only what changed, once for all: one query when everything is warm."""
    guess = kept_schedule()
    resources = _resources(guess, reason_ids, asked)
    revision, versions = read_versions(resources)
    schedule = current_schedule(revision)
    if any(one not in schedule.reasons for one in reason_ids):
        raise UnknownReference("/visit_reason")
    if schedule is not guess:
        resources = _resources(schedule, reason_ids, asked)
        _, versions = read_versions(resources)
    reasons = [schedule.reasons[one] for one in reason_ids]
    window = _read_window(schedule, days)
    [busy] = kept_busy(versions, resources, [window], now)
    histories = histories_of(visitor.patient_id, reasons)
    closed_online = not visitor.staff and online_is_closed(schedule, visitor, now)
    searches = [
        Search(
            schedule, reason, visitor, days, now, _practitioners(schedule, reason, asked),
            bookable_window(schedule, reason, visitor, epoch_minute_up(now)), busy, histories.get(reason.id, History()), versions,
            resources, closed_online=closed_online,
        )
        for reason in reasons
    ]  # fmt: skip
    counted = _counted(searches, window)
    return [replace(one, counted=counted) for one in searches] if counted else searches


def _counted(searches: Sequence[Search], window: Range) -> Mapping[UUID, Sequence[CountedVisit]]:
    """What the quotas count in the window: no query unless some practitioner has one for such a visitor."""
    if not searches or searches[0].visitor.staff or not searches[0].schedule.quotas:
        return {}
    limited = {
        practitioner: None
        for search in searches
        for practitioner in search.wanted
        if quotas_on(search.schedule, practitioner, None, search.reason, search.visitor)
    }
    return kept_counted(searches[0].versions, list(limited), window, searches[0].now) if limited else {}


def _read_window(schedule: Schedule, days: tuple[date, date]) -> Range:
    """The minutes of which one must know who is there to list these days: a day more on both sides, for buffers and long visits."""
    return day_range(schedule.zone, days[0])[0] - DAY, day_range(schedule.zone, days[1])[0] + DAY


def _resources(schedule: Schedule | None, reason_ids: Sequence[UUID], asked: Sequence[UUID] | None) -> list[UUID]:
    """Whose versions and busy minutes are needed: the practitioners asked for, the rooms that could serve."""
    reasons = [schedule.reasons[one] for one in reason_ids if one in schedule.reasons] if schedule else []
    if schedule is None or not reasons:
        return []
    people = (one for reason in reasons for one in _practitioners(schedule, reason, asked))
    rooms = (one for reason in reasons for one in rooms_needed(schedule, reason, schedule.postal_codes))
    return list(dict.fromkeys([*people, *rooms]))


def _offers_of(search: Search, practitioner_id: UUID, site_id: UUID | None) -> list[Offer]:
    schedule, reason = search.schedule, search.reason
    duration = reason.durations[practitioner_id]
    sites = [one for one in schedule.sites_with_hours(practitioner_id, reason.id) if site_id is None or one == site_id]
    if not sites:
        return [Offer(practitioner_id, None, duration, NOTHING_FREE)]
    return [Offer(practitioner_id, site, duration, free_at(search, practitioner_id, site)) for site in sites]
