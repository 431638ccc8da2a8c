"""The times of one practitioner on one day, for the screen: what is closed and why, what is free, what overlaps.

Pure arithmetic on minutes of the wall (0 to 1440 from midnight of the day); the grid shows rows of 5 minutes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agenda.calendar.intervals import Range, merge, overlaps, subtract
from agenda.calendar.recurrence import occurrences
from agenda.calendar.wall_time import DAY, day_range, epoch_minute, instant_of
from agenda.free_times.openings import ALL, Strictness, Visitor, closed_by_holiday, open_ranges, rows_for
from agenda.free_times.schedule import Schedule
from medidesk import french

ROW = 5  # minutes
MOST_LANES = 4
_SHORTEST_LABELLED = 15  # minutes: a lower closed piece has no room for its word
_DESK = Visitor(status="known", staff=True, channel="phone")
_SITE_OF_THE_CABINET = Visitor(status="known", staff=False, channel="website")
_FOR_THE_DESK = Strictness(audience=False, channel=False, release=False)


@dataclass(frozen=True, slots=True)
class Away:
    """An absence, or the closure of a site, cut to the day."""

    start: int
    end: int
    label: str
    of_site: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """When somebody works that day, minutes of the wall; `public` is what visitors of the site may see."""

    work: tuple[Range, ...]
    public: tuple[Range, ...]
    away: tuple[Away, ...]
    holiday: str

    @property
    def present(self) -> list[Range]:
        """The hours, without the absences."""
        return subtract(self.work, [(one.start, one.end) for one in self.away])


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed piece and its word, empty when nothing needs saying."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free piece; `kept` when only the cabinet gives it."""

    start: int
    end: int
    kept: bool


def wall_minute(zone: ZoneInfo, day: date, minute: int) -> int:
    """A minute since the epoch as a minute of that day's wall time, cut to the day."""
    wall = instant_of(minute).astimezone(zone)
    return max(0, min(DAY, (wall.date() - day).days * DAY + wall.hour * 60 + wall.minute))


def opening_on(schedule: Schedule, practitioner_id: UUID, day: date, now: datetime) -> Opening:
    """When the practitioner works that day, at all sites together, and when not."""
    zone, days, now_minute = schedule.zone, (day, day + timedelta(days=1)), epoch_minute(now)
    low, high = day_range(zone, day)
    work: list[Range] = []
    public: list[Range] = []
    away = _away(schedule, practitioner_id, day, (low, high), of_site=False)
    holiday = ""
    for site in schedule.sites_with_hours(practitioner_id, None):
        rows = rows_for(schedule, practitioner_id, None, site)
        opened = _cut(zone, day, open_ranges(schedule, practitioner_id, rows, days, _DESK, now_minute, _FOR_THE_DESK))
        offered = _cut(zone, day, open_ranges(schedule, practitioner_id, rows, days, _SITE_OF_THE_CABINET, now_minute, ALL))
        closures = _away(schedule, site, day, (low, high), of_site=True)
        shut = [(one.start, one.end) for one in closures]
        away += [one for one in closures if overlaps(opened, one.start, one.end)]
        work += subtract(opened, shut)
        public += subtract(offered, shut)
        holiday = holiday or next(
            (name for row in rows if row.holds_on(day) and (name := closed_by_holiday(schedule, practitioner_id, row, day))), ""
        )
    return Opening(tuple(merge(work)), tuple(merge(public)), tuple(sorted(away, key=lambda one: one.start)), holiday)


def _cut(zone: ZoneInfo, day: date, ranges: Iterable[Range]) -> list[Range]:
    cut = [(wall_minute(zone, day, start), wall_minute(zone, day, end)) for start, end in ranges]
    return [(start, end) for start, end in cut if start < end]


def _away(schedule: Schedule, one_id: UUID, day: date, window: Range, *, of_site: bool) -> list[Away]:
    return [
        Away(wall_minute(schedule.zone, day, start), wall_minute(schedule.zone, day, end), row.label, of_site)
        for row in schedule.away.get(one_id, ())
        for start, end in occurrences(row.start, row.end, row.rrule, schedule.zone, window)
    ]


def closed_pieces(opening: Opening, shown: Range) -> list[Closed]:
    """What is closed in the shown minutes: « Pause » between hours, « Fermé » after them, « Absent » with its label, a holiday's name."""
    low, high = shown
    away = [(one.start, one.end) for one in opening.away]
    pieces = [
        Closed(max(one.start, low), min(one.end, high), away_word(one, shown)) for one in opening.away if one.start < high and one.end > low
    ]
    first, last = (opening.work[0][0], opening.work[-1][1]) if opening.work else (high, low)
    for start, end in subtract([shown], [*opening.work, *away]):
        if not opening.work:
            word = opening.holiday or _("Fermé")
        elif start >= last:
            word = _("Fermé")
        else:
            word = _("Pause") if start >= first else ""
        pieces.append(Closed(start, end, word if end - start >= _SHORTEST_LABELLED else ""))
    return sorted(pieces, key=lambda one: one.start)


def away_word(away: Away, shown: Range = (0, DAY)) -> str:
    """« Absent : formation, 14 h – 16 h »."""
    word = _("Fermé") if away.of_site else _("Absent")
    return (f"{word}{french.NBSP}: {away.label}" if away.label else word) + away_hours(away, shown)


def away_hours(away: Away, shown: Range = (0, DAY)) -> str:
    """« , 14 h – 16 h », or nothing when it lasts all that is shown."""
    return "" if away.start <= shown[0] and away.end >= shown[1] else f", {said(away.start)} – {said(away.end)}"


def said(minute: int) -> str:
    """A minute of the day as « 14 h 30 »; midnight at the end of the day is « 24 h »."""
    hours, rest = divmod(minute, 60)
    return f"{hours}{french.NBSP}h{french.NBSP}{rest:02d}" if rest else f"{hours}{french.NBSP}h"


def free_times(opening: Opening, busy: Iterable[Range], usual: int, shortest: int, earliest: int) -> list[FreeTime]:
    """Free pieces of about the usual length (minutes), from `earliest` on; a rest shorter than the shortest reason is not shown."""
    free: list[FreeTime] = []
    for start, end in subtract(opening.present, busy):
        start = max(start, earliest)
        start += -start % ROW
        while end - start >= shortest:
            stop = start + usual if end - start >= usual + shortest else end
            stop = min(stop, start + 2 * usual)
            free.append(FreeTime(start, stop, kept=bool(subtract([(start, stop)], opening.public))))
            start = stop + -stop % ROW
    return free


def lanes(spans: Sequence[Range]) -> list[tuple[int, int]]:
    """For spans in order of start: (lane, lanes) side by side, (1, 1) when nothing overlaps. Lanes beyond the fourth share the fourth."""
    placed: list[tuple[int, int]] = [(1, 1)] * len(spans)
    group: list[int] = []
    ends: list[int] = []
    reach = 0

    def close() -> None:
        for index in group:
            placed[index] = (placed[index][0], min(len(ends), MOST_LANES))

    for index, (start, end) in enumerate(spans):
        if start >= reach:
            close()
            group, ends = [], []
        lane = next((n for n, free_from in enumerate(ends) if free_from <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        ends[lane] = end
        placed[index] = (min(lane + 1, MOST_LANES), 1)
        group.append(index)
        reach = max(reach, end)
    close()
    return placed
