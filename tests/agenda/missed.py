"""Patients who do not come, for tests: the rule switched on, visits missed."""

from datetime import date, datetime, timedelta
from typing import Any

from agenda import setup
from agenda.models import Appointment, BookingPolicy
from agenda.scheduling import change_status, undo_last
from tests.agenda.diary import NOW, STAFF, Diary, at

# Mondays of the diary in the weeks before NOW (Sunday 1 March 2026).
MONDAYS = [date(2026, 2, 2), date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23)]
SECOND_THOUGHTS = timedelta(minutes=2)


def switch_on(**values: Any) -> BookingPolicy:
    """The usual rule: two missed, validated for 30 days; three, closed for 90; four, for 180; looking back a year."""
    policy = BookingPolicy.objects.get()
    return setup.change(setup.BOOKING_POLICY, policy.id, {"is_on": True} | values, now=NOW)


def miss(diary: Diary, day: date, hour: int = 9, now: datetime | None = None, **values: Any) -> Appointment:
    """A visit of that morning to which Nour does not come."""
    visit = diary.book(at(hour, day=day), now=at(7, day=day), actor=STAFF, source="phone", **values)
    return change_status(appointment_id=visit.id, status="no_show", actor=STAFF, now=now or at(13, day=day))


def miss_times(diary: Diary, count: int, **values: Any) -> list[Appointment]:
    """So many missed visits, the last one on Monday 23 February 2026."""
    return [miss(diary, day, **values) for day in MONDAYS[len(MONDAYS) - count :]]


def undo(visit: Appointment, now: datetime = NOW) -> Appointment:
    """She came after all."""
    return undo_last(appointment_id=visit.id, actor=STAFF, now=now)
