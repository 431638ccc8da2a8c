"""Past, notice, horizon."""

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import day_range, epoch_minute_up, local_date
from agenda.free_times.openings import Visitor
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule
from agenda.free_times.schedule import ReasonPlan, Schedule

FOR_EVER = 1 << 40


def bookable_window(schedule: Schedule, reason: ReasonPlan, visitor: Visitor, now_minute: int) -> Range:
    """Listing: the minutes [from, to) in which a visit may start, by notice and horizon; for the staff any time to come.

    `now_minute` is now rounded up: a minute that has begun is past.
    """
    if visitor.staff:
        return now_minute, FOR_EVER
    low = now_minute + reason.notice
    if reason.horizon is None:
        return low, FOR_EVER
    beyond = local_date(schedule.zone, now_minute) + timedelta(days=reason.horizon + 1)
    return low, day_range(schedule.zone, beyond)[0]


def _window(case: Case) -> Range:
    """The window of somebody who is not of the staff: it is what the staff is warned of."""
    return bookable_window(case.schedule, case.reason, replace(case.visitor, staff=False), epoch_minute_up(case.now))


def _past(case: Case) -> bool:
    return case.start * 60 < case.now.timestamp()


def _beyond(case: Case) -> bool:
    return case.start >= _window(case)[1]


def _too_soon(case: Case) -> bool:
    return not _past(case) and case.start < _window(case)[0]


IN_THE_PAST = Rule("in-the-past", _("Cette heure est passée."), "insist", _past)
BEYOND_HORIZON = Rule("beyond-horizon", _("Cette date n’est pas encore ouverte à la réservation."), "warn", _beyond)
MINIMUM_NOTICE = Rule("minimum-notice", _("Il est trop tard pour réserver cette heure en ligne."), "warn", _too_soon)
