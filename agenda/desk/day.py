"""The desk's day (every practitioner) and week (one of them): columns of pure values, a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import day_range, epoch_minute
from agenda.desk.day_times import (
    DAY,
    ROW,
    Away,
    Closed,
    FreeTime,
    Opening,
    away_hours,
    closed_pieces,
    free_times,
    lanes,
    opening_on,
    wall_minute,
)
from agenda.desk.day_visits import Held, Visit, holds_between, visits_between
from agenda.free_times.busy import Busy, read_busy
from agenda.free_times.replacements import Replacement, replaced_by, replacing
from agenda.free_times.schedule import Schedule, current_schedule
from agenda.models import Practitioner, Status
from agenda.running_late.reading import delays_of_day
from agenda.sources import Source, source, sources
from medidesk import french

OPENS, CLOSES = 8 * 60, 18 * 60  # shown when nobody works
FEWEST_MINUTES = 8 * 60
USUAL, SHORTEST = 20, 10  # minutes, when a practitioner offers no reason
LATE_FROM = 5  # minutes of delay that are said
TONES = ("", "tone-2", "tone-3", "tone-4")


@dataclass(frozen=True, slots=True)
class Placed:
    """A visit in its column: which of how many lanes, and whether it clashes with an imported one."""

    visit: Visit
    lane: int
    lanes: int
    clash: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One practitioner on one day."""

    practitioner: Practitioner
    day: date
    tone: str
    opening: Opening
    visits: tuple[Placed, ...]
    held: tuple[Held, ...]
    closed: tuple[Closed, ...]
    free: tuple[FreeTime, ...]
    count: int
    delay: int | None
    instead_of: tuple[Replacement, ...] = ()
    replacements: tuple[Replacement, ...] = ()

    @property
    def key(self) -> str:
        """What the page calls it."""
        return f"{self.practitioner.id}-{self.day:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Grid:
    """What one page of the agenda shows. `now_row` is None on other days and outside the shown hours."""

    week: bool
    first_hour: int
    hours: int
    density: str
    columns: tuple[Column, ...]
    counts: tuple[tuple[Source, int], ...]
    cancelled: int
    now: datetime
    now_row: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """All that was read for the shown days."""

    schedule: Schedule
    practitioners: Sequence[Practitioner]
    days: tuple[date, ...]
    now: datetime
    openings: dict[tuple[UUID, date], Opening]
    visits: dict[tuple[UUID, date], list[Visit]]
    held: dict[tuple[UUID, date], list[Held]]
    busy: dict[UUID, Busy]
    said: dict[UUID, int]


def read_day(day: date, now: datetime, practitioners: Sequence[Practitioner], *, cancelled: bool = False) -> Grid:
    """One day of these practitioners, in columns; the one who is replaced that day and has no visit is left out."""
    reading = _read(practitioners, (day,), now)
    shown = [one for one in practitioners if not _replaced(reading, one, day)]
    return _grid(reading, [(one, day) for one in shown], cancelled)


def read_week(practitioner: Practitioner, day: date, now: datetime, *, cancelled: bool = False) -> Grid:
    """The week of `day` for one practitioner, Monday to Friday, and the weekend when there is something in it."""
    monday = day - timedelta(days=day.weekday())
    reading = _read([practitioner], tuple(monday + timedelta(days=n) for n in range(7)), now)
    shown = [one for one in reading.days if one.weekday() < 5 or reading.visits[practitioner.id, one] or _works(reading, practitioner, one)]
    return _grid(reading, [(practitioner, one) for one in shown], cancelled)


def without_free_times(grid: Grid, writable: Iterable[UUID]) -> Grid:
    """The same page, its free times only in the columns in which the person may book."""
    kept = set(writable)
    return replace(grid, columns=tuple(one if one.practitioner.id in kept else replace(one, free=()) for one in grid.columns))


def desk_practitioners(only: Iterable[UUID] | None = None) -> list[Practitioner]:
    """Those who have a column, in their order; `only` keeps those (the rights of whoever looks)."""
    rows = Practitioner.objects.filter(deleted_at__isnull=True)
    return list(rows if only is None else rows.filter(pk__in=list(only)))


def _read(practitioners: Sequence[Practitioner], days: tuple[date, ...], now: datetime) -> _Reading:
    schedule = current_schedule()
    ids = [one.id for one in practitioners]
    window = (days[0], days[-1] + timedelta(days=1))
    minutes = (day_range(schedule.zone, window[0])[0], day_range(schedule.zone, window[1])[0])
    visits: dict[tuple[UUID, date], list[Visit]] = defaultdict(list)
    for visit in visits_between(ids, window, schedule.zone):
        visits[visit.practitioner_id, visit.day].append(visit)
    held: dict[tuple[UUID, date], list[Held]] = defaultdict(list)
    for one in holds_between(ids, window, schedule.zone, now):
        held[one.practitioner_id, one.day].append(one)
    openings = {(one, day): opening_on(schedule, one, day, now) for one in ids for day in days}
    today = now.astimezone(schedule.zone).date()
    said = delays_of_day(today) if today in days else {}
    return _Reading(schedule, practitioners, days, now, openings, visits, held, read_busy(ids, minutes, now), said)


def _works(reading: _Reading, practitioner: Practitioner, day: date) -> bool:
    return bool(reading.openings[practitioner.id, day].work)


def _replaced(reading: _Reading, practitioner: Practitioner, day: date) -> bool:
    """Is somebody else here instead, with nobody waiting for this one?"""
    opening = reading.openings[practitioner.id, day]
    instead = {one.substitute_id for one in replacing(reading.schedule.replacements, practitioner.id, day)}
    here = [one for one in reading.practitioners if one.id in instead and reading.openings[one.id, day].present]
    return bool(here) and not opening.present and not reading.visits[practitioner.id, day]


def _grid(reading: _Reading, places: list[tuple[Practitioner, date]], cancelled: bool) -> Grid:
    zone, now = reading.schedule.zone, reading.now
    shown = _shown_minutes(reading, places)
    tones = {one.id: TONES[n % len(TONES)] for n, one in enumerate(reading.practitioners)}
    columns = tuple(_column(reading, one, day, shown, tones[one.id], cancelled) for one, day in places)
    visits = [visit for one, day in places for visit in reading.visits[one.id, day]]
    wall = now.astimezone(zone)
    here = wall.date() in reading.days and shown[0] <= wall.hour * 60 + wall.minute < shown[1]
    return Grid(
        week=len(reading.days) > 1,
        first_hour=shown[0] // 60,
        hours=(shown[1] - shown[0]) // 60,
        density=_density(reading, [one.id for one, _day in places]),
        columns=columns,
        counts=_counts(visits),
        cancelled=sum(visit.status == Status.CANCELLED for visit in visits),
        now=wall,
        now_row=(wall.hour * 60 + wall.minute - shown[0]) // ROW if here else None,
        notes=tuple(_notes(reading)) if len(reading.days) == 1 else (),
    )


def _shown_minutes(reading: _Reading, places: list[tuple[Practitioner, date]]) -> Range:
    """Whole hours around everything that is open or booked."""
    edges = [edge for one, day in places for span in reading.openings[one.id, day].work for edge in span]
    edges += [edge for one, day in places for visit in reading.visits[one.id, day] for edge in (visit.start_minute, visit.end_minute)]
    low, high = (min(edges), max(edges)) if edges else (OPENS, CLOSES)
    low, high = low - low % 60, high + -high % 60
    return low, min(DAY, max(high, low + FEWEST_MINUTES))


def _column(reading: _Reading, practitioner: Practitioner, day: date, shown: Range, tone: str, cancelled: bool) -> Column:
    key = (practitioner.id, day)
    visits, opening = reading.visits[key], reading.openings[key]
    kept = [visit for visit in visits if cancelled or visit.status != Status.CANCELLED]
    zone, now = reading.schedule.zone, reading.now
    busy = [(wall_minute(zone, day, a), wall_minute(zone, day, b)) for a, b in reading.busy[practitioner.id].spans]
    earliest = wall_minute(zone, day, epoch_minute(now) + 1) if day <= now.astimezone(zone).date() else 0
    usual, shortest = _lengths(reading.schedule, practitioner.id)
    return Column(
        practitioner=practitioner,
        day=day,
        tone=tone,
        opening=opening,
        visits=tuple(_placed(kept)),
        held=tuple(reading.held[key]),
        closed=tuple(closed_pieces(opening, shown)),
        free=tuple(free_times(opening, busy, usual, shortest, earliest)),
        count=sum(visit.status != Status.CANCELLED for visit in visits),
        delay=(reading.said.get(practitioner.id) or _delay(kept, now)) if day == now.astimezone(zone).date() else None,
        instead_of=tuple(replaced_by(reading.schedule.replacements, practitioner.id, day)),
        replacements=tuple(replacing(reading.schedule.replacements, practitioner.id, day)),
    )


def _placed(visits: list[Visit]) -> list[Placed]:
    """Each visit beside those it overlaps; whatever meets a conflict clashes."""
    spans = [(visit.start_minute, visit.end_minute) for visit in visits]
    doubtful = [visit for visit in visits if visit.in_conflict]
    placed = []
    for visit, (lane, count) in zip(visits, lanes(spans), strict=True):
        standing = visit.status not in (Status.CANCELLED, Status.NO_SHOW)
        meets = any(one.start_minute < visit.end_minute and visit.start_minute < one.end_minute for one in doubtful)
        placed.append(Placed(visit, lane, count, standing and meets))
    return placed


def _delay(visits: list[Visit], now: datetime) -> int | None:
    """How late the practitioner runs, in steps of five minutes; None when nothing more is to come."""
    standing = [visit for visit in visits if visit.status in (Status.CONFIRMED, Status.ARRIVED, Status.IN_CONSULTATION)]
    if not standing:
        return None
    late = [now - visit.start for visit in standing if visit.status == Status.ARRIVED]
    late += [now - visit.end for visit in standing if visit.status == Status.IN_CONSULTATION]
    minutes = max((int(one.total_seconds() // 60) for one in late), default=0)
    return minutes - minutes % LATE_FROM if minutes >= LATE_FROM else 0


def _lengths(schedule: Schedule, practitioner_id: UUID) -> tuple[int, int]:
    """The usual length of this practitioner's visits (the first reason's) and the shortest, in minutes."""
    durations = [reason.durations[practitioner_id] for reason in schedule.reasons.values() if practitioner_id in reason.durations]
    return (durations[0], min(durations)) if durations else (USUAL, SHORTEST)


def _density(reading: _Reading, practitioner_ids: list[UUID]) -> str:
    """The class that makes the shortest reason tall enough to read."""
    shortest = min((_lengths(reading.schedule, one)[1] for one in practitioner_ids), default=USUAL)
    return "density-10" if shortest <= 10 else "density-15" if shortest <= 15 else ""


def _counts(visits: list[Visit]) -> tuple[tuple[Source, int], ...]:
    """How many visits of each source, the best known sources first."""
    counted = Counter(visit.source for visit in visits if visit.status != Status.CANCELLED)
    order = {one.slug: rank for rank, one in enumerate(sources())}
    return tuple((source(slug), counted[slug]) for slug in sorted(counted, key=lambda slug: (order.get(slug, len(order)), slug)))


def _notes(reading: _Reading) -> Iterable[str]:
    """What everybody should know of the day: holidays, absences, substitutes."""
    day = reading.days[0]
    holidays = {opening.holiday for opening in reading.openings.values() if opening.holiday}
    yield from (_("Jour férié\u00a0: %(name)s.") % {"name": name} for name in sorted(holidays))
    for one in reading.practitioners:
        instead = [other.substitute_name for other in replacing(reading.schedule.replacements, one.id, day)]
        yield from (_absence(one, away, instead) for away in reading.openings[one.id, day].away)


def _absence(practitioner: Practitioner, away: Away, instead: list[str]) -> str:
    """« Absence : Minh Nguyen (formation), 14 h – 16 h. »"""
    word = _("Fermeture") if away.of_site else _("Absence")
    label = f" ({away.label})" if away.label else ""
    said = f"{word}{french.NBSP}: {practitioner.name}{label}{away_hours(away)}"
    return _("%(absence)s, remplacement par %(names)s.") % {"absence": said, "names": ", ".join(instead)} if instead else f"{said}."
