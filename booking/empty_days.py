"""Why a day offers no time: the page never leaves an empty calendar to click through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.calendar.intervals import subtract
from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.openings import ALL, NONE, Strictness, Visitor, absences, ranges_on, rows_for
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule


@dataclass(frozen=True, slots=True)
class WhyEmpty:
    """In two or three words for the day, in one for its tab on a phone."""

    text: str
    short: str


HOLIDAYS_TOO = Strictness(holiday=False, release=False)
UNRELEASED_TOO = Strictness(release=False)


def why_empty(
    days: Iterable[date], *, visit_reason_id: UUID, visitor: Visitor, now: datetime, practitioner_ids: list[UUID] | None = None
) -> dict[date, WhyEmpty]:
    """For each of these days without free times, what to tell the visitor."""
    days = list(days)
    if not days:
        return {}
    schedule = current_schedule()
    reason = schedule.reasons[visit_reason_id]
    offering = schedule.practitioners_of(visit_reason_id)
    wanted = [one for one in offering if practitioner_ids is None or one in practitioner_ids]
    return {day: _why(day, schedule, reason, wanted, visitor, now) for day in days}


def _why(day: date, schedule: Schedule, reason: ReasonPlan, practitioners: list[UUID], visitor: Visitor, now: datetime) -> WhyEmpty:
    today, closed = now.astimezone(schedule.zone).date(), WhyEmpty(_("Cabinet fermé"), _("fermé"))
    if reason.horizon is not None and day > today + timedelta(days=reason.horizon):
        return WhyEmpty(_("Pas encore ouvert"), _("à venir"))

    def somebody_works(enforced: Strictness) -> bool:
        return any(_ranges(day, schedule, one, reason.id, visitor, now, enforced) for one in practitioners)

    if not somebody_works(NONE):
        alone = len(practitioners) == 1 and len(schedule.practitioners) > 1
        return WhyEmpty(_("Pas de consultation"), _("aucune")) if alone else closed
    if somebody_works(HOLIDAYS_TOO) and not somebody_works(UNRELEASED_TOO):
        return WhyEmpty(_("Jour férié"), _("férié"))
    if somebody_works(UNRELEASED_TOO) and not somebody_works(ALL):
        return WhyEmpty(_("Pas encore ouvert"), _("à venir"))
    if all(_is_away(day, schedule, one, reason.id, visitor, now) for one in practitioners):
        return WhyEmpty(_("Absent ce jour-là"), _("absent")) if len(practitioners) == 1 else closed
    return WhyEmpty(_("Complet"), _("complet"))


def _ranges(
    day: date, schedule: Schedule, practitioner_id: UUID, reason_id: UUID, visitor: Visitor, now: datetime, enforced: Strictness
) -> list[tuple[int, int]]:
    rows = rows_for(schedule, practitioner_id, reason_id, None)
    return ranges_on(schedule, practitioner_id, rows, day, visitor, epoch_minute(now), enforced)


def _is_away(day: date, schedule: Schedule, practitioner_id: UUID, reason_id: UUID, visitor: Visitor, now: datetime) -> bool:
    """Do absences and closures cover all the hours of the day?"""
    for site in schedule.sites_with_hours(practitioner_id, reason_id):
        rows = rows_for(schedule, practitioner_id, reason_id, site)
        hours = ranges_on(schedule, practitioner_id, rows, day, visitor, epoch_minute(now), NONE)
        if hours and subtract(hours, absences(schedule, practitioner_id, site, (min(hours)[0], max(hours)[1]))):
            return False
    return True
