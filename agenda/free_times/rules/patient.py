"""The patient's other visits for the reason: too near, or one already to come; and too many missed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from agenda.calendar.wall_time import local_date
from agenda.free_times.online_closing import closed_until
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import History
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule
from agenda.free_times.schedule import ReasonPlan, Schedule

# The channels by which patients book by themselves.
ONLINE = ("website", "partner")


def too_near(reason: ReasonPlan, history: History, zone: ZoneInfo, start: int) -> bool:
    """Is the start fewer calendar days from another visit, before or after, than the reason wants between two?"""
    gap = reason.min_days_between or 0
    day = local_date(zone, start)
    return bool(gap) and any(abs((local_date(zone, other) - day).days) < gap for other in history.starts)


def already_booked(reason: ReasonPlan, history: History, now_minute: int) -> bool:
    """Has the patient a visit to come, of a reason that wants one at a time?"""
    return reason.one_upcoming and any(other >= now_minute for other in history.starts)


def clashes(reason: ReasonPlan, history: History, zone: ZoneInfo, start: int, now_minute: int) -> set[str]:
    """Listing, and confirming a hold: the codes of these two rules that a start would break."""
    codes = {TOO_SOON.code} if too_near(reason, history, zone, start) else set()
    return codes | {ALREADY_BOOKED.code} if already_booked(reason, history, now_minute) else codes


def online_is_closed(schedule: Schedule, visitor: Visitor, now: datetime) -> bool:
    """Listing, and confirming a hold: has the patient missed so many visits that booking online is closed? The telephone stays open;
    the staff is told through whatever channel it books."""
    if visitor.patient_id is None or not (visitor.staff or visitor.channel in ONLINE):
        return False
    return closed_until(visitor.patient_id, now, schedule.missed_visits) is not None


def _too_near(case: Case) -> bool:
    return too_near(case.reason, case.history, case.schedule.zone, case.start)


def _already_booked(case: Case) -> bool:
    return already_booked(case.reason, case.history, case.now_minute)


def _closed_online(case: Case) -> bool:
    return online_is_closed(case.schedule, case.visitor, case.now)


TOO_SOON = Rule("too-soon-after-last-visit", _("Trop près d’une autre visite pour ce motif."), "warn", _too_near)
ALREADY_BOOKED = Rule("patient-already-booked", _("Ce patient a déjà un rendez-vous à venir pour ce motif."), "warn", _already_booked)
ONLINE_BOOKING_CLOSED = Rule("online-booking-closed", _("La réservation en ligne est suspendue pour ce patient."), "warn", _closed_online)
