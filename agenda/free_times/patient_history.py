"""What a patient's own visits mean for the rules: known or new, too soon, already booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agenda.actors import Actor
from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import ReasonPlan
from agenda.models import Appointment, Status
from agenda.sources import source as source_of

_MISSED = (Status.CANCELLED, Status.NO_SHOW)
# Of the patient `p`: two values, the present instant and the statuses of visits that were missed.
IS_KNOWN = "p.known OR EXISTS (SELECT 1 FROM agenda_appointment a WHERE a.patient_id = p.id AND a.start < %s AND a.status <> ALL(%s))"


@dataclass(frozen=True, slots=True)
class History:
    """The starts (minutes) of a patient's standing visits for one reason."""

    starts: tuple[int, ...] = ()


def known_when(now: datetime) -> list[Any]:
    """The values of IS_KNOWN."""
    return [now, [str(status) for status in _MISSED]]


def is_known(patient_id: UUID, now: datetime) -> bool:
    """Has the patient a past visit here that was not cancelled or missed, or did the cabinet say so?"""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_KNOWN} FROM patients_patient p WHERE p.id = %s", [*known_when(now), str(patient_id)])
        row = cursor.fetchone()
    return row is not None and row[0]


def history_of(patient_id: UUID | None, reason: ReasonPlan, ignore_appointment: UUID | None = None) -> History:
    """The visits that the delay between visits and the single upcoming visit look at; no query when no rule asks."""
    if patient_id is None or not (reason.min_days_between or reason.one_upcoming):
        return History()
    visits = Appointment.objects.filter(patient_id=patient_id, visit_reason_id=reason.id).exclude(status__in=_MISSED)
    if ignore_appointment:
        visits = visits.exclude(pk=ignore_appointment)
    return History(tuple(epoch_minute(start) for start in visits.values_list("start", flat=True)))


def histories_of(patient_id: UUID | None, reasons: Sequence[ReasonPlan]) -> dict[UUID, History]:
    """As `history_of` for each of the reasons that asks, by reason; one query, none when none asks."""
    asking = [one.id for one in reasons if one.min_days_between or one.one_upcoming]
    if patient_id is None or not asking:
        return {}
    visits = Appointment.objects.filter(patient_id=patient_id, visit_reason_id__in=asking).exclude(status__in=_MISSED)
    starts: dict[UUID, list[int]] = {one: [] for one in asking}
    for reason_id, start in visits.values_list("visit_reason_id", "start"):
        starts[reason_id].append(epoch_minute(start))
    return {reason_id: History(tuple(minutes)) for reason_id, minutes in starts.items()}


def visitor_for(
    *, actor: Actor, source: str, patient_id: UUID | None, now: datetime, status: str = "new", known: bool | None = None
) -> Visitor:
    """The visitor that the rules see: a patient's own past, asked for unless the caller has (`known`), wins over `status`."""
    if patient_id is not None:
        status = "known" if (is_known(patient_id, now) if known is None else known) else "new"
    return Visitor(
        status="known" if status == "known" else "new", staff=actor.is_staff, channel=source_of(source).channel, patient_id=patient_id
    )
