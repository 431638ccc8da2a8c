"""The cabinet's set-up as plain values, read once per revision and kept in the process.

A trigger bumps the revision with every write to a set-up table, in the same transaction: a schedule whose revision is current
cannot be stale. Nothing here is an ORM row: the hot path computes on integers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from agenda.free_times.missed_visits_policy import MissedVisitsPolicy, load_policy
from agenda.free_times.replacements import Replacement, read_replacements
from agenda.models import Absence, OpeningHours, Practitioner, Quota, ReasonOffer, Resource, Site, VisitReason
from medidesk.cabinets.current import current_zone
from medidesk.shared_time.ranges import person_key


@dataclass(frozen=True, slots=True)
class Hours:
    """One row of opening hours; minutes count from midnight."""

    site: UUID
    weekday: int | None
    dated: date | None
    start: int
    end: int
    valid_from: date | None
    valid_until: date | None
    every_n_weeks: int
    reasons: frozenset[UUID]
    audience: str
    channels: frozenset[str]
    release: tuple[int, int] | None

    def holds_on(self, day: date) -> bool:
        """Do these hours exist on `day` (weekday or date, validity, week rhythm; holidays apart)?"""
        if self.dated is not None:
            return self.dated == day
        if self.weekday != day.weekday() or (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return False
        if self.every_n_weeks == 1 or self.valid_from is None:
            return True
        return ((_monday(day) - _monday(self.valid_from)).days // 7) % self.every_n_weeks == 0


@dataclass(frozen=True, slots=True)
class QuotaPlan:
    """One quota: on its days, `most` visits of the channels together in [start, end), minutes from midnight, until its release."""

    site: UUID | None
    weekday: int | None
    start: int
    end: int
    reasons: frozenset[UUID]
    channels: frozenset[str]
    most: int
    release: tuple[int, int] | None
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Is `day` one of its days (its release apart)?"""
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return False
        return self.weekday is None or self.weekday == day.weekday()


@dataclass(frozen=True, slots=True)
class Away:
    """An absence of a practitioner or a closure of a site."""

    start: datetime
    end: datetime
    rrule: str
    label: str


@dataclass(frozen=True, slots=True)
class PractitionerPlan:
    """What the rules need to know of a practitioner."""

    id: UUID
    name: str
    sites: tuple[UUID, ...]
    bookable_online: bool
    works_on_holidays: bool


@dataclass(frozen=True, slots=True)
class ReasonPlan:
    """What the rules need to know of a reason; durations in minutes, `durations` per practitioner who offers it, in column order."""

    id: UUID
    name: str
    before: int
    after: int
    grid: int | None
    notice: int
    horizon: int | None
    bookable_by: str
    needs_validation: bool
    max_per_day: int | None
    min_days_between: int | None
    one_upcoming: bool
    avoid_holes: bool
    kinds: tuple[str, ...]
    durations: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that decides free times, but for who is already there."""

    revision: int
    zone: ZoneInfo
    postal_codes: dict[UUID, str]
    practitioners: dict[UUID, PractitionerPlan]
    reasons: dict[UUID, ReasonPlan]
    rooms: dict[tuple[UUID, str], tuple[UUID, ...]]
    hours: dict[UUID, tuple[Hours, ...]]
    away: dict[UUID, tuple[Away, ...]]
    replacements: tuple[Replacement, ...] = ()
    people: dict[UUID, UUID] = field(default_factory=dict)
    quotas: Mapping[UUID, tuple[QuotaPlan, ...]] = field(default_factory=dict)
    missed_visits: MissedVisitsPolicy = MissedVisitsPolicy()
    compiled: dict = field(default_factory=dict, compare=False, hash=False)

    def practitioners_of(self, reason_id: UUID) -> list[UUID]:
        """Who offers the reason, in the order of the columns."""
        reason = self.reasons.get(reason_id)
        return list(reason.durations) if reason else []

    def sites_with_hours(self, practitioner_id: UUID, reason_id: UUID | None) -> list[UUID]:
        """Where the practitioner has hours for that reason, without repeats, in a stable order."""
        key = (practitioner_id, reason_id)
        if (kept := self.compiled.get(key)) is None:
            rows = self.hours.get(practitioner_id, ())
            kept = self.compiled[key] = sorted({h.site for h in rows if reason_id is None or not h.reasons or reason_id in h.reasons})
        return kept


_kept: dict[str, Schedule] = {}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def current_schedule(revision: int | None = None) -> Schedule:
    """The schedule at the present revision; `revision` spares the query when the caller has just read it."""
    schema = connection.schema_name
    if revision is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM agenda_setuprevision")
            revision = cursor.fetchone()[0]
    kept = _kept.get(schema)
    if kept is None or kept.revision != revision or kept.zone != current_zone():
        if len(_kept) > 2_000:
            _kept.clear()
        kept = _kept[schema] = _load(revision)
    return kept


def kept_schedule() -> Schedule | None:
    """The schedule last used here, perhaps stale: good to guess what to ask for, not to answer from."""
    return _kept.get(connection.schema_name)


def _load(revision: int) -> Schedule:
    """Read the whole set-up: a fixed number of queries."""
    alive = {"deleted_at__isnull": True}
    sites = {row.id: row.postal_code for row in Site.objects.filter(**alive)}
    offers: dict[UUID, dict[UUID, int | None]] = {}
    for reason_id, practitioner_id, minutes in ReasonOffer.objects.values_list("visit_reason_id", "practitioner_id", "duration_minutes"):
        offers.setdefault(reason_id, {})[practitioner_id] = minutes
    people = list(Practitioner.objects.filter(**alive).prefetch_related("sites"))
    practitioners = {row.id: _practitioner(row) for row in people}
    return Schedule(
        revision=revision,
        zone=current_zone(),
        postal_codes=sites,
        practitioners=practitioners,
        reasons={row.id: _reason(row, offers.get(row.id, {}), practitioners) for row in VisitReason.objects.filter(**alive)},
        rooms=_rooms(),
        hours=_hours(),
        away=_away(),
        replacements=read_replacements(),
        people={row.id: person_key(row.rpps) for row in people if row.shares_time and row.rpps},
        quotas=_quotas(),
        missed_visits=load_policy(),
    )


def _practitioner(row: Practitioner) -> PractitionerPlan:
    sites = tuple(sorted(site.id for site in row.sites.all()))
    return PractitionerPlan(row.id, row.name, sites, row.bookable_online, row.works_on_holidays)


def _reason(row: VisitReason, offers: Mapping[UUID, int | None], practitioners: Iterable[UUID]) -> ReasonPlan:
    return ReasonPlan(
        id=row.id,
        name=row.name,
        before=row.buffer_before_minutes,
        after=row.buffer_after_minutes,
        grid=row.grid_minutes,
        notice=row.min_notice_minutes,
        horizon=row.horizon_days,
        bookable_by=row.bookable_by,
        needs_validation=row.needs_validation,
        max_per_day=row.max_per_day,
        min_days_between=row.min_days_between,
        one_upcoming=row.one_upcoming,
        avoid_holes=row.avoid_holes,
        kinds=tuple(row.resource_kinds),
        durations={one: offers[one] or row.duration_minutes for one in practitioners if one in offers},
    )


def _rooms() -> dict[tuple[UUID, str], tuple[UUID, ...]]:
    rooms: dict[tuple[UUID, str], list[UUID]] = {}
    for row in Resource.objects.filter(deleted_at__isnull=True).order_by("name", "id"):
        rooms.setdefault((row.site_id, row.kind), []).append(row.id)
    return {key: tuple(ids) for key, ids in rooms.items()}


def _hours() -> dict[UUID, tuple[Hours, ...]]:
    by_practitioner: dict[UUID, list[Hours]] = {}
    rows = OpeningHours.objects.filter(deleted_at__isnull=True, site__deleted_at__isnull=True).prefetch_related("visit_reasons")
    for row in rows.order_by("start_minute", "id"):
        release = None if row.release_days_before is None else (row.release_days_before, row.release_minute or 0)
        hours = Hours(
            site=row.site_id,
            weekday=row.weekday,
            dated=row.date,
            start=row.start_minute,
            end=row.end_minute,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            every_n_weeks=row.every_n_weeks,
            reasons=frozenset(reason.id for reason in row.visit_reasons.all()),
            audience=row.audience,
            channels=frozenset(row.channels),
            release=release,
        )
        by_practitioner.setdefault(row.practitioner_id, []).append(hours)
    return {practitioner: tuple(rows) for practitioner, rows in by_practitioner.items()}


def _quotas() -> dict[UUID, tuple[QuotaPlan, ...]]:
    by_practitioner: dict[UUID, list[QuotaPlan]] = {}
    for row in Quota.objects.filter(deleted_at__isnull=True).order_by("start_minute", "id").prefetch_related("visit_reasons"):
        plan = QuotaPlan(
            site=row.site_id,
            weekday=row.weekday,
            start=row.start_minute,
            end=row.end_minute,
            reasons=frozenset(reason.id for reason in row.visit_reasons.all()),
            channels=frozenset(row.channels),
            most=row.most_visits,
            release=None if row.release_days_before is None else (row.release_days_before, row.release_minute or 0),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        by_practitioner.setdefault(row.practitioner_id, []).append(plan)
    return {practitioner: tuple(plans) for practitioner, plans in by_practitioner.items()}


def _away() -> dict[UUID, tuple[Away, ...]]:
    away: dict[UUID, list[Away]] = {}
    for row in Absence.objects.filter(deleted_at__isnull=True):
        away.setdefault(row.practitioner_id or row.site_id, []).append(Away(row.start, row.end, row.rrule, row.label))
    return {one: tuple(rows) for one, rows in away.items()}
