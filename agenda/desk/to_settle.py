"""What awaits somebody at the desk: conflicts and requests of the diary, and what others above it report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda import worklist
from agenda.calendar.wall_time import day_range, instant_of
from agenda.desk.day_visits import written_name
from agenda.models import Appointment, Lane, Status
from agenda.models.appointment import FREEING
from agenda.sources import source
from medidesk import french
from medidesk.cabinets.current import current_zone

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to settle: `grave` ones first; `act` is the word on its button."""

    key: str
    title: str
    detail: str
    url: str
    act: str
    grave: bool


def matters(now: datetime, practitioner_ids: Iterable[UUID] | None = None) -> list[Matter]:
    """Conflicts, then requests, then the rest; those of today's agenda or later."""
    own = [*_conflicts(now, practitioner_ids), *_requests(now, practitioner_ids)]
    if practitioner_ids is not None:
        return own
    others = [
        Matter(f"{task.kind}-{n}", str(task.title), str(task.detail), task.url, _("Ouvrir"), grave=task.kind == "conflict")
        for n, task in enumerate(worklist.tasks(now))
    ]
    return own + others


def _coming(now: datetime, practitioner_ids: Iterable[UUID] | None):
    zone = current_zone()
    today = instant_of(day_range(zone, now.astimezone(zone).date())[0])
    rows = Appointment.objects.filter(start__gte=today).select_related("patient", "practitioner", "visit_reason").order_by("start", "id")
    return rows if practitioner_ids is None else rows.filter(practitioner_id__in=list(practitioner_ids))


def _conflicts(now: datetime, practitioner_ids: Iterable[UUID] | None) -> list[Matter]:
    doubtful = list(_coming(now, practitioner_ids).filter(lane=Lane.CONFLICT).exclude(status__in=FREEING)[:MOST_SHOWN])
    if not doubtful:
        return []
    low, high = min(one.start for one in doubtful), max(one.end for one in doubtful)
    others = _coming(now, practitioner_ids).filter(start__lt=high, end__gt=low).exclude(status__in=FREEING)
    near = [one for one in others.filter(practitioner_id__in={one.practitioner_id for one in doubtful}) if one.lane != Lane.CONFLICT]
    return [_conflict(one, near, now) for one in doubtful]


def _conflict(visit: Appointment, near: list[Appointment], now: datetime) -> Matter:
    against = [one for one in near if one.practitioner_id == visit.practitioner_id and one.start < visit.end and visit.start < one.end]
    claims = [_("%(who)s (%(source)s)") % {"who": _who(one, short=True), "source": source(one.source).label} for one in (*against, visit)]
    return Matter(
        key=f"conflict-{visit.id}",
        title=_("Double réservation à %(time)s") % {"time": f"{visit.start.astimezone(current_zone()):%H:%M}"},
        detail=f"{_when(visit, now)}{visit.practitioner.name}{french.NBSP}: {_(' et ').join(claims)}",
        url=reverse("agenda:conflict", args=[visit.id]),
        act=_("Résoudre"),
        grave=True,
    )


def _requests(now: datetime, practitioner_ids: Iterable[UUID] | None) -> list[Matter]:
    waiting = _coming(now, practitioner_ids).filter(status=Status.REQUESTED)[:MOST_SHOWN]
    return [
        Matter(
            key=f"request-{visit.id}",
            title=_("À valider\u00a0: %(who)s") % {"who": _who(visit)},
            detail=", ".join(part for part in (str(visit.visit_reason or ""), visit.practitioner.name, _moment(visit)) if part),
            url=reverse("agenda:appointment", args=[visit.id]),
            act=_("Ouvrir"),
            grave=False,
        )
        for visit in waiting
    ]


def _who(visit: Appointment, *, short: bool = False) -> str:
    if visit.patient is None:
        return _("patient à préciser")
    return visit.patient.last_name if short else written_name(visit.patient.last_name, visit.patient.first_names)


def _moment(visit: Appointment) -> str:
    wall = visit.start.astimezone(current_zone())
    return f"{french.short_day(wall.date())} {wall:%H:%M}"


def _when(visit: Appointment, now: datetime) -> str:
    """The day of a conflict, said when it is not today."""
    zone = current_zone()
    day = visit.start.astimezone(zone).date()
    return "" if day == now.astimezone(zone).date() else f"{french.short_day(day)}, "
