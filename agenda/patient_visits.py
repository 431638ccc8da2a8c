"""The visits of one patient, for the record: what the diary tells the patients' app."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.desk.rights import agendas_of
from agenda.models import Appointment, Status
from agenda.sources import source
from medidesk.cabinets.current import current_zone
from patients.visits import VisitLine, register_visits_provider

MOST_SHOWN = 200
_TONES = {
    Status.REQUESTED: "info", Status.ARRIVED: "warning", Status.IN_CONSULTATION: "success", Status.CANCELLED: "", Status.NO_SHOW: "danger",
}  # fmt: skip
_ICONS = {
    Status.CANCELLED: "calendar-x", Status.NO_SHOW: "x", Status.COMPLETED: "check", Status.IN_CONSULTATION: "stethoscope",
    Status.ARRIVED: "hourglass",
}  # fmt: skip


def visits_of_patient(patient_id: UUID, reader: Any, now: datetime) -> list[VisitLine]:
    """The patient's visits in the agendas that are open to the reader; one query."""
    rows = Appointment.objects.filter(patient_id=patient_id).select_related("practitioner", "visit_reason")
    own = agendas_of(reader)
    if own is not None:
        rows = rows.filter(practitioner_id__in=own)
    return [_line(row, now) for row in rows.order_by("-start", "-id")[:MOST_SHOWN]]


def _line(visit: Appointment, now: datetime) -> VisitLine:
    status = Status(visit.status)
    minutes = int((visit.end - visit.start).total_seconds() // 60)
    detail = [_("%(n)d min") % {"n": minutes}, str(source(visit.source).label)]
    if status == Status.CANCELLED and visit.cancellation_reason:
        detail.append(visit.cancellation_reason)
    return VisitLine(
        start=visit.start.astimezone(current_zone()),
        title=str(visit.visit_reason or _("Rendez-vous sans motif")),
        practitioner=visit.practitioner.name,
        state="" if status == Status.CONFIRMED and visit.start < now else str(status.label),
        tone=_TONES.get(status, "success" if status == Status.COMPLETED else ""),
        icon=_ICONS.get(status, "calendar-days"),
        detail=" · ".join(detail),
        url=reverse("agenda:appointment", args=[visit.pk]),
        coming=visit.start > now and visit.is_active,
        current=status in (Status.ARRIVED, Status.IN_CONSULTATION),
    )


register_visits_provider(visits_of_patient)
