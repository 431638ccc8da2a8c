"""A patient whose visit an absence took answers by taking another time: by the rules for patients, once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.mass_absence.errors import AlreadyRebooked, NoSuchMassAbsence
from agenda.mass_absence.locking import locked
from agenda.models import Appointment, MassAbsence, MassAbsenceLine, Status
from agenda.scheduling import book_appointment

SOURCE = "website"


def open_line(appointment_id: UUID) -> MassAbsenceLine | None:
    """The line by which a cancelled visit can still be replaced, or was; None when no absence took it."""
    rows = MassAbsenceLine.objects.filter(
        appointment_id=appointment_id, acted_version__isnull=False, appointment__status=Status.CANCELLED,
        mass_absence__state__in=(MassAbsence.State.SENT, MassAbsence.State.DONE, MassAbsence.State.UNDONE),
    )  # fmt: skip
    return rows.select_related("rebooked").order_by("-mass_absence__sent_at").first()


@transaction.atomic
def rebook(appointment_id: UUID, *, start: datetime, practitioner_id: UUID, now: datetime) -> Appointment:
    """The visit that replaces the one which an absence took; same reason, same patient.

    Raises NoSuchMassAbsence, AlreadyRebooked, and what booking raises.
    """
    found = open_line(appointment_id)
    if found is None:
        raise NoSuchMassAbsence
    locked(found.mass_absence_id)
    line = MassAbsenceLine.objects.select_for_update(of=("self",)).select_related("appointment").get(pk=found.pk)
    if line.rebooked_id or line.appointment.status != Status.CANCELLED:
        raise AlreadyRebooked
    visit = line.appointment
    booked = book_appointment(
        visit_reason_id=visit.visit_reason_id, start=start, practitioner_id=practitioner_id, patient_id=visit.patient_id,
        actor=Actor.patient(), source=SOURCE, now=now,
    ).appointment  # fmt: skip
    line.rebooked = booked
    line.save(update_fields=["rebooked"])
    return booked
