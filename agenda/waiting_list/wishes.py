"""What somebody who waits wants: days and hours that suit, on the cabinet's wall."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.errors import UnknownReference
from agenda.free_times.schedule import current_schedule
from agenda.models import Appointment, BookableBy, Priority, Status, WaitingListEntry
from medidesk.cabinets.current import current_zone
from medidesk.errors import Refused

MOST_WINDOWS = 14
WHOLE_DAY = 1440
MOVABLE = (Status.REQUESTED, Status.CONFIRMED)

Window = Mapping[str, Any]


def suits(entry: WaitingListEntry, start: datetime) -> bool:
    """Do the day and the hour suit, and is the time earlier than the visit that the patient has?"""
    wall = start.astimezone(current_zone())
    day, minute = wall.date(), wall.hour * 60 + wall.minute
    if (entry.from_date and day < entry.from_date) or (entry.until_date and day > entry.until_date):
        return False
    if entry.appointment is not None and start >= entry.appointment.start:
        return False
    return not entry.windows or any(_inside(window, day.weekday(), minute) for window in entry.windows)


def is_over(entry: WaitingListEntry, now: datetime) -> bool:
    """Can no time to come suit any more?"""
    today = now.astimezone(current_zone()).date()
    if entry.until_date and entry.until_date < today:
        return True
    return entry.appointment is not None and (entry.appointment.start <= now or entry.appointment.status not in MOVABLE)


def check_wish(values: Mapping[str, Any], *, now: datetime, for_staff: bool) -> None:
    """Raise UnknownReference, or Refused: `reason-not-offered`, `staff-only`, `dates-not-valid`, `windows-not-valid`."""
    _check_references(values["visit_reason_id"], values["practitioners"], values["sites"])
    if not for_staff:
        _check_open(values)
    _check_dates(values["from_date"], values["until_date"], now)
    _check_windows(values["windows"])


def _inside(window: Window, weekday: int, minute: int) -> bool:
    return weekday in window["weekdays"] and window["start"] <= minute < window["end"]


def _check_references(reason_id: UUID, practitioners: Sequence[UUID], sites: Sequence[UUID]) -> None:
    schedule = current_schedule()
    reason = schedule.reasons.get(reason_id)
    if reason is None:
        raise UnknownReference("/visit_reason")
    if any(one not in schedule.practitioners for one in practitioners):
        raise UnknownReference("/practitioners")
    if any(one not in schedule.postal_codes for one in sites):
        raise UnknownReference("/sites")
    if any(one not in reason.durations for one in practitioners):
        raise Refused(_("Ce praticien ne propose pas ce motif."), code="reason-not-offered", pointer="/practitioners")


def _check_open(values: Mapping[str, Any]) -> None:
    """The hurry is for the cabinet to say, and its own reasons are not waited for from outside."""
    if values["priority"] != Priority.NORMAL:
        raise Refused(_("La priorité est fixée par le cabinet."), code="staff-only", pointer="/priority")
    if current_schedule().reasons[values["visit_reason_id"]].bookable_by == BookableBy.STAFF:
        raise Refused(_("Ce motif est réservé au cabinet\u00a0: appelez-le."), code="staff-only", pointer="/visit_reason")


def _check_dates(first: date | None, last: date | None, now: datetime) -> None:
    if first and last and first > last:
        raise Refused(_("La première date suit la dernière."), code="dates-not-valid", pointer="/until")
    if last and last < now.astimezone(current_zone()).date():
        raise Refused(_("Cette date est passée."), code="dates-not-valid", pointer="/until")


def _check_windows(windows: Sequence[Window]) -> None:
    if len(windows) > MOST_WINDOWS:
        raise Refused(_("Au plus 14 plages horaires."), code="windows-not-valid", pointer="/windows")
    for number, window in enumerate(windows):
        days_fine = window["weekdays"] and all(0 <= day <= 6 for day in window["weekdays"])
        if not days_fine or not 0 <= window["start"] < window["end"] <= WHOLE_DAY:
            raise Refused(
                _("Cette plage n’a pas de jour, ou finit avant de commencer."), code="windows-not-valid", pointer=f"/windows/{number}"
            )


def visit_to_move(appointment_id: UUID, patient_id: UUID, now: datetime) -> Appointment:
    """The visit that its patient wants earlier. Raises UnknownReference, or Refused `not-movable`."""
    visit = Appointment.objects.filter(pk=appointment_id, patient_id=patient_id).first()
    if visit is None:
        raise UnknownReference("/appointment")
    if visit.status not in MOVABLE or visit.start <= now or visit.visit_reason_id is None:
        raise Refused(_("Ce rendez-vous ne peut plus être avancé."), code="not-movable", pointer="/appointment")
    return visit
