"""How many visits some channels may take of a range, until its release (agenda/models/quota.py).

No rule of its own: a spent quota keeps the time until its release, or closes it to the channel when it has none.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import wall_range
from agenda.free_times.counted_visits import CountedVisit
from agenda.free_times.openings import Visitor, release_minute
from agenda.free_times.rules.case import Case
from agenda.free_times.schedule import QuotaPlan, ReasonPlan, Schedule


class Closed(NamedTuple):
    """Minutes that a spent quota closes; `for_good`: no release opens them."""

    minutes: Range
    for_good: bool


def quotas_on(schedule: Schedule, practitioner_id: UUID, site_id: UUID | None, reason: ReasonPlan, visitor: Visitor) -> list[QuotaPlan]:
    """The quotas that limit such a visitor's channel, for this reason at this site (None: any)."""
    return [
        quota
        for quota in schedule.quotas.get(practitioner_id, ())
        if visitor.channel in quota.channels
        and (not quota.reasons or reason.id in quota.reasons)
        and (None in (quota.site, site_id) or quota.site == site_id)
    ]


def closed_by_quotas(
    schedule: Schedule, quotas: Sequence[QuotaPlan], counted: Sequence[CountedVisit], days: tuple[date, date], now_minute: int
) -> list[Closed]:
    """Listing: what these quotas close in the days [first, last), given what the practitioner's visits and holds have taken."""
    closed = []
    for quota in quotas:
        taken = sorted(visit.minute for visit in counted if _counts(quota, visit))
        for n in range((days[1] - days[0]).days):
            day = days[0] + timedelta(days=n)
            if not quota.holds_on(day) or _released(schedule, quota, day, now_minute):
                continue
            ranges = wall_range(schedule.zone, day, quota.start, quota.end)
            if sum(bisect_left(taken, end) - bisect_left(taken, start) for start, end in ranges) >= quota.most:
                closed += [Closed(one, quota.release is None) for one in ranges]
    return closed


def _counts(quota: QuotaPlan, visit: CountedVisit) -> bool:
    """Does the visit use up the quota?"""
    return (
        visit.channel in quota.channels
        and (not quota.reasons or visit.reason in quota.reasons)
        and (quota.site is None or visit.site == quota.site)
    )


def _released(schedule: Schedule, quota: QuotaPlan, day: date, now_minute: int) -> bool:
    """Has the limit of that day ended?"""
    release = release_minute(schedule, quota, day)
    return release is not None and release <= now_minute


def spent_at(case: Case) -> set[bool]:
    """The question of both rules: the quotas spent at this start; True for one without release, False for one still to be released."""
    quotas = quotas_on(case.schedule, case.practitioner_id, case.site_id, case.reason, case.visitor)
    if not quotas:
        return set()
    days = (case.day, case.day + timedelta(days=1))
    closed = closed_by_quotas(case.schedule, quotas, case.counted, days, case.now_minute)
    return {one.for_good for one in closed if one.minutes[0] <= case.start < one.minutes[1]}
