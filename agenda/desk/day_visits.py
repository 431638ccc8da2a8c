"""The visits and holds of the days on screen, as plain rows: one query each, whatever their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.calendar.wall_time import DAY, day_range, instant_of
from agenda.desk.numbers import NUMBER
from agenda.models import Appointment, Hold, Lane, Status

YOUNG_YEARS = 6  # the age of children is said beside their name
_COLUMNS = (
    "id", "number", "version", "practitioner_id", "start", "end", "status", "lane", "source", "arrived_at",
    "patient_id", "patient__used_name", "patient__birth_name", "patient__first_names", "patient__birth_date",
    "visit_reason__internal_name", "visit_reason__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of the day; `start_minute` and `end_minute` count from midnight of `day` on the wall."""

    id: UUID
    number: int
    version: int
    practitioner_id: UUID
    day: date
    start: datetime
    end: datetime
    start_minute: int
    end_minute: int
    status: str
    lane: str
    source: str
    arrived_at: datetime | None
    patient_id: UUID | None
    name: str
    age: str
    reason: str

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return self.end_minute - self.start_minute

    @property
    def in_conflict(self) -> bool:
        """Does it wait for a person to decide about its time?"""
        return self.lane == Lane.CONFLICT and self.status not in (Status.CANCELLED, Status.NO_SHOW)

    def waited(self, now: datetime) -> int:
        """Minutes in the waiting room."""
        return max(0, int((now - self.arrived_at).total_seconds() // 60)) if self.arrived_at else 0


@dataclass(frozen=True, slots=True)
class Held:
    """A time that somebody is booking at this moment."""

    id: UUID
    practitioner_id: UUID
    day: date
    start_minute: int
    end_minute: int
    source: str
    until: datetime


def visits_between(practitioner_ids: Sequence[UUID], days: tuple[date, date], zone: ZoneInfo, *, cancelled: bool = True) -> list[Visit]:
    """The visits of these practitioners that begin in the days [first, last), in order."""
    low, high = _instants(days, zone)
    rows = Appointment.objects.filter(practitioner_id__in=practitioner_ids, start__gte=low, start__lt=high)
    if not cancelled:
        rows = rows.exclude(status=Status.CANCELLED)
    return [_visit(row, zone) for row in rows.annotate(number=NUMBER).order_by("start", "created_at", "id").values_list(*_COLUMNS)]


def _instants(days: tuple[date, date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    return instant_of(day_range(zone, days[0])[0]), instant_of(day_range(zone, days[1])[0])


def _visit(row: tuple, zone: ZoneInfo) -> Visit:
    (id_, number, version, practitioner, start, end, status, lane, source, arrived, patient, used, birth, first, born, internal, public) = (
        row
    )
    start, end = start.astimezone(zone), end.astimezone(zone)
    day = start.date()
    begins = start.hour * 60 + start.minute
    ends = min(DAY, end.hour * 60 + end.minute + (end.date() - day).days * DAY)
    return Visit(
        id_, number, version, practitioner, day, start, end, begins, max(ends, begins + 1), status, lane, source, arrived, patient,
        written_name(used or birth, first) if patient else _("Patient à préciser"), young_age(born, day), internal or public or "",
    )  # fmt: skip


def written_name(last_name: str, first_names: str) -> str:
    """`MARCHAND Élodie`, as professional lists write it."""
    return f"{last_name.upper()} {first_names}".strip()


def young_age(born: date | None, day: date) -> str:
    """« 8 mois », « 3 ans » for a small child; empty for everybody else."""
    if born is None or born > day:
        return ""
    months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
    if months >= YOUNG_YEARS * 12:
        return ""
    if months < 24:
        return ngettext("%(n)d mois", "%(n)d mois", months) % {"n": months}
    return ngettext("%(n)d an", "%(n)d ans", months // 12) % {"n": months // 12}


def holds_between(practitioner_ids: Iterable[UUID], days: tuple[date, date], zone: ZoneInfo, now: datetime) -> list[Held]:
    """The times that somebody keeps at this moment, on the site or on the phone."""
    low, high = _instants(days, zone)
    rows = Hold.objects.filter(
        practitioner_id__in=practitioner_ids, start__gte=low, start__lt=high, state=Hold.State.ACTIVE, expires_at__gt=now
    )
    return [_held(row, zone) for row in rows.order_by("start")]


def _held(row: Hold, zone: ZoneInfo) -> Held:
    start = row.start.astimezone(zone)
    begins = start.hour * 60 + start.minute
    ends = min(DAY, begins + int((row.end - row.start).total_seconds() // 60))
    return Held(row.id, row.practitioner_id, start.date(), begins, ends, row.source, row.expires_at.astimezone(zone))
