"""How many visits of a reason a practitioner takes in a day. Requests and holds count, cancelled visits do not."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import day_range, local_date
from agenda.free_times.busy import Busy
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule
from agenda.free_times.schedule import ReasonPlan, Schedule


def full_days(schedule: Schedule, reason: ReasonPlan, own: Busy) -> list[Range]:
    """Listing: the days, as minutes, on which the practitioner has as many visits for the reason as the cabinet wants."""
    visits = own.visits.get(reason.id, ())
    if reason.max_per_day is None or len(visits) < reason.max_per_day:
        return []
    per_day = Counter(local_date(schedule.zone, minute) for minute in visits)
    return [day_range(schedule.zone, day) for day, count in per_day.items() if count >= reason.max_per_day]


def _full(case: Case) -> bool:
    days = full_days(case.schedule, case.reason, case.busy[case.practitioner_id])
    return any(first <= case.start < following for first, following in days)


DAILY_MAXIMUM = Rule("daily-maximum", _("Le nombre de visites de ce motif est atteint pour ce jour."), "warn", _full)
