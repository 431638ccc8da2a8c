"""Free times as one would write them first: rows and datetimes, a query per practitioner and day.

The yard-stick of the measure, and its oracle: it shares no arithmetic with the agenda. It knows the rules that the measured
cabinets use (hours with audience and channels, holidays, absences and closures that repeat, buffers, notice, horizon, daily
maximum); hours that meet at midnight, every-n-weeks and kept-until-release are not among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import holidays
from dateutil.rrule import rrulestr
from django.db.models import Q

from agenda.models import Absence, Appointment, OpeningHours, Practitioner, Site, VisitReason
from agenda.models.appointment import FREEING
from medidesk.api.doors import Answer, Call
from medidesk.cabinets.current import current_cabinet

Span = tuple[datetime, datetime]
ONE_DAY = timedelta(days=1)
HOLIDAYS = holidays.France()


@dataclass(frozen=True)
class Plan:
    """One practitioner at one site, and the question."""

    call: Call
    reason: VisitReason
    length: timedelta
    practitioner: Practitioner
    zone: ZoneInfo
    hours: list[OpeningHours]
    absences: list[Absence]


def naive_slots(call: Call) -> Answer:
    """The same JSON as GET /api/v1/slots."""
    query = call.query
    reason = VisitReason.objects.get(pk=query["visit_reason"])
    offering = Practitioner.objects.filter(visit_reasons=reason, deleted_at=None)
    if query["practitioner"]:
        offering = offering.filter(pk__in=query["practitioner"])
    return Answer.json(
        {
            "visit_reason": reason.id,
            "time_zone": current_cabinet().time_zone,
            "from": query["from"],
            "to": query["to"],
            "practitioners": [offer for practitioner in offering for offer in _offers(call, reason, practitioner)],
        }
    )


def naive_next(call: Call) -> Answer:
    """The same JSON as GET /api/v1/slots/next: one day after the other, every practitioner on each."""
    reason = VisitReason.objects.get(pk=call.query["visit_reason"])
    offering = Practitioner.objects.filter(visit_reasons=reason, deleted_at=None)
    if call.query["practitioner"]:
        offering = offering.filter(pk__in=call.query["practitioner"])
    plans = [one for practitioner in offering for one in _plans(call, reason, practitioner)]
    for n in range((reason.horizon_days or 731) + 1):
        found = [(start, plan, site) for site, plan in plans for start in islice(_free_starts(plan, call.query["from"] + n * ONE_DAY), 1)]
        if found:
            start, plan, site = min(found, key=lambda one: one[0])
            return Answer.json(
                {"slot": {"practitioner": plan.practitioner.id, "site": site.id, "start": start, "end": start + plan.length}}
            )
    return Answer.json({"slot": None})


def _plans(call: Call, reason: VisitReason, practitioner: Practitioner) -> Iterator[tuple[Site, Plan]]:
    offer = practitioner.offers.get(visit_reason=reason)
    length = timedelta(minutes=offer.duration_minutes or reason.duration_minutes)
    for site in Site.objects.filter(opening_hours__practitioner=practitioner).distinct().order_by("id"):
        zone = ZoneInfo(current_cabinet().time_zone)
        hours = list(practitioner.opening_hours.filter(site=site, deleted_at=None).order_by("start_minute"))
        absences = list(Absence.objects.filter(Q(practitioner=practitioner) | Q(site=site), deleted_at=None))
        yield site, Plan(call, reason, length, practitioner, zone, hours, absences)


def _offers(call: Call, reason: VisitReason, practitioner: Practitioner) -> Iterator[dict]:
    days = [call.query["from"] + n * ONE_DAY for n in range((call.query["to"] - call.query["from"]).days)]
    for site, plan in _plans(call, reason, practitioner):
        slots = [start.isoformat() for day in days for start in _free_starts(plan, day)]
        yield {"id": practitioner.id, "site": site.id, "duration_minutes": plan.length.seconds // 60, "slots": slots}


def _free_starts(plan: Plan, day: date) -> Iterator[datetime]:
    reason, zone = plan.reason, plan.zone
    before, after = timedelta(minutes=reason.buffer_before_minutes), timedelta(minutes=reason.buffer_after_minutes)
    away, visits = _away(plan, day), list(_visits(plan.practitioner, day, zone))
    if reason.max_per_day is not None and sum(1 for visit in visits if _is_on(visit, reason, day, zone)) >= reason.max_per_day:
        return
    taken = [_taken(visit) for visit in visits]
    for hours in _hours(plan, day):
        start, closes = _at(day, hours.start_minute, zone), _at(day, hours.end_minute, zone)
        while start + plan.length <= closes:
            span = (start, start + plan.length)
            if not _meets(span, away) and not _meets((start - before, span[1] + after), taken) and _in_time(plan.call, reason, start):
                yield start
            start += timedelta(minutes=reason.grid_minutes or reason.duration_minutes)


def _hours(plan: Plan, day: date) -> list[OpeningHours]:
    """The rows of that day that admit the visitor."""
    if not plan.practitioner.works_on_holidays and day in HOLIDAYS:
        return []
    query = plan.call.query
    admitted = {"everyone", "known"} if query["patient_status"] == "known" else {"everyone"}
    rows = [row for row in plan.hours if row.weekday == day.weekday() or row.date == day]
    return [row for row in rows if row.audience in admitted and (not row.channels or query["channel"] in row.channels)]


def _visits(practitioner: Practitioner, day: date, zone: ZoneInfo) -> Iterator[Appointment]:
    """The visits that take time on that day or next to it."""
    rows = practitioner.appointments.exclude(status__in=FREEING).select_related("visit_reason")
    yield from rows.filter(start__gte=_at(day, -1440, zone), start__lt=_at(day, 2880, zone))


def _taken(visit: Appointment) -> Span:
    """The visit with its buffers."""
    before, after = visit.visit_reason.buffer_before_minutes, visit.visit_reason.buffer_after_minutes
    return visit.start - timedelta(minutes=before), visit.end + timedelta(minutes=after)


def _is_on(visit: Appointment, reason: VisitReason, day: date, zone: ZoneInfo) -> bool:
    return visit.visit_reason_id == reason.id and visit.start.astimezone(zone).date() == day


def _away(plan: Plan, day: date) -> list[Span]:
    """Absences of the practitioner and closures of the site on that day."""
    found: list[Span] = []
    for absence in plan.absences:
        if not absence.rrule:
            found.append((absence.start, absence.end))
            continue
        first = absence.start.astimezone(plan.zone).replace(tzinfo=None)
        midnight = datetime.combine(day, time())
        for begin in rrulestr(absence.rrule, dtstart=first).between(midnight, midnight + ONE_DAY, inc=True):
            start = begin.replace(tzinfo=plan.zone)
            found.append((start, start + (absence.end - absence.start)))
    return found


def _in_time(call: Call, reason: VisitReason, start: datetime) -> bool:
    """Notice and horizon."""
    if start < call.now + timedelta(minutes=reason.min_notice_minutes):
        return False
    today = call.now.astimezone(start.tzinfo).date()
    return reason.horizon_days is None or start.date() <= today + timedelta(days=reason.horizon_days)


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Wall time; minutes before or after the day are those of its neighbours."""
    return (datetime.combine(day, time()) + timedelta(minutes=minute)).replace(tzinfo=zone)


def _meets(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)
