"""What was said about delays."""

from datetime import date, datetime
from uuid import UUID

from agenda.models import Appointment, RunningLate, Status
from medidesk.cabinets.current import current_zone


def delays_of_day(day: date) -> dict[UUID, int]:
    """The last word about each practitioner of that day, in minutes (0: caught up); one query."""
    return dict(RunningLate.objects.filter(day=day).values_list("practitioner_id", "minutes"))


def delay_of_visit(visit: Appointment, now: datetime) -> int:
    """By how many minutes a visit of today that has not begun is said to be late; 0 when nothing was said."""
    zone = current_zone()
    day = visit.start.astimezone(zone).date()
    if visit.status not in (Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED) or day != now.astimezone(zone).date():
        return 0
    said = RunningLate.objects.filter(practitioner_id=visit.practitioner_id, day=day).values_list("minutes", flat=True).first()
    return said or 0
