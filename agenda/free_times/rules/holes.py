"""A time that would leave a gap in which nobody can be seen; asked of reasons that avoid holes alone.

A hole is a free gap inside the admitted range, next to the visit with its buffers, shorter than the shortest reason that the practitioner
offers and that the hours of the range admit. Where every free time of a range on one day would leave a hole, none is refused for it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from agenda.calendar.intervals import Range, bits_of, runs_of
from agenda.calendar.wall_time import day_range, local_date, wall_range
from agenda.free_times.busy import Busy
from agenda.free_times.openings import absences, rows_for
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule
from agenda.free_times.schedule import Hours, ReasonPlan, Schedule

# A gap of four hours is of use whatever the reasons; it also bounds how far around a visit one must look.
LONGEST_HOLE = 240


def leaving_no_hole(
    schedule: Schedule,
    reason: ReasonPlan,
    practitioner_id: UUID,
    site_id: UUID,
    ranges: Sequence[Range],
    own: Busy,
    starts: Sequence[int],
) -> list[int]:
    """Listing: those of the free starts (ascending) to offer, so that no useless hole is left where that can be helped."""
    kept: list[int] = []
    if not starts:
        return kept
    duration = reason.durations[practitioner_id]
    for within in ranges:
        inside = starts[bisect_left(starts, within[0]) : bisect_left(starts, within[1])]
        if not inside:
            continue
        holes = _hole_bits(schedule, reason, practitioner_id, site_id, within, own, duration)
        for group in _by_day(schedule, inside):
            kept += [start for start in group if not holes >> (start - within[0]) & 1] or group
    return kept


def _by_day(schedule: Schedule, starts: Sequence[int]) -> list[list[int]]:
    """The starts of each local day."""
    groups: list[list[int]] = []
    end = 0
    for start in starts:
        if start >= end:
            end = day_range(schedule.zone, local_date(schedule.zone, start))[1]
            groups.append([])
        groups[-1].append(start)
    return groups


def _hole_bits(
    schedule: Schedule, reason: ReasonPlan, practitioner_id: UUID, site_id: UUID | None, within: Range, own: Busy, duration: int
) -> int:
    """Bit set, from the range's first minute on, of the starts that would leave a hole before or after them."""
    first, last = within
    length = last - first
    taken = own.bits >> (first - own.origin) if first >= own.origin else own.bits << (own.origin - first)
    away = absences(schedule, practitioner_id, site_id, within)
    free = ((1 << length) - 1) & ~(taken | bits_of(away, first, length))
    enough = shortest_of(schedule, reason, practitioner_id, site_id, within)
    room = runs_of(free, enough)
    before, after = reason.before, duration + reason.after
    hole_before = (free << (before + 1)) & ~(room << (before + enough))
    hole_after = (free >> after) & ~(room >> after)
    return hole_before | hole_after


def shortest_of(schedule: Schedule, reason: ReasonPlan, practitioner_id: UUID, site_id: UUID | None, within: Range) -> int:
    """Minutes of the shortest reason that the practitioner offers and that the hours inside the range admit; at most four hours."""
    kept = schedule.compiled.setdefault(("shortest", practitioner_id, site_id, reason.id), {})
    if within not in kept:
        kept[within] = _shortest(schedule, rows_for(schedule, practitioner_id, reason.id, site_id), practitioner_id, within)
    return kept[within]


def _shortest(schedule: Schedule, rows: list[Hours], practitioner_id: UUID, within: Range) -> int:
    offered = {one.id: one.durations[practitioner_id] for one in schedule.reasons.values() if practitioner_id in one.durations}
    admitted: set[UUID] = set()
    first, last = (local_date(schedule.zone, minute) for minute in (within[0], within[1] - 1))
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        for hours in rows:
            parts = wall_range(schedule.zone, day, hours.start, hours.end) if hours.holds_on(day) else ()
            if any(start < within[1] and within[0] < end for start, end in parts):
                admitted |= hours.reasons or offered.keys()
    return min([LONGEST_HOLE, *(minutes for reason_id, minutes in offered.items() if reason_id in admitted)])


def _leaves_a_hole(case: Case) -> bool:
    """A hole beside this start, where another free time of the same range and day would leave none."""
    within = case.opening.within if case.reason.avoid_holes and case.is_offered else None
    if within is None:
        return False
    around = (case.schedule, case.reason, case.practitioner_id, case.site_id, within, case.busy[case.practitioner_id])
    if not _hole_bits(*around, case.duration) >> (case.start - within[0]) & 1:
        return False
    holes = _hole_bits(*around, case.reason.durations[case.practitioner_id])
    first, following = day_range(case.schedule.zone, case.day)
    low, high = max(within[0], first), min(within[1], following)
    return any(low <= start < high and not holes >> (start - within[0]) & 1 for start in case.free_that_day)


WOULD_LEAVE_A_HOLE = Rule("would-leave-a-hole", _("Cette heure laisserait un trou inutilisable."), "warn", _leaves_a_hole)
