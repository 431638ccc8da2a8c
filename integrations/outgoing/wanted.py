"""What a platform should show of a visit or a hold, seen from here and now."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from agenda.models import Appointment, Hold, Occupancy, Status
from integrations.connections.reminding import platform_reminds
from integrations.models import Connection, ExternalReference, PractitionerMapping, ReasonMapping
from integrations.speaking.vocabulary import PlatformBusy, PlatformPatient, PlatformVisit, VisitStatus, instant_text
from patients.models import Patient

Wanted = PlatformVisit | PlatformBusy | None

STATUS_THERE = {Status.CANCELLED: VisitStatus.CANCELLED, Status.COMPLETED: VisitStatus.DONE, Status.NO_SHOW: VisitStatus.NO_SHOW}


def practitioner_there(connection: Connection, practitioner: UUID) -> str | None:
    """The practitioner's id on the platform, `None` when not mapped."""
    found = PractitionerMapping.objects.filter(connection=connection, practitioner_id=practitioner)
    return found.values_list("external_id", flat=True).first()


def reason_there(connection: Connection, reason: UUID | None) -> str:
    """A reason's id on the platform, empty when not mapped."""
    if reason is None or not connection.reasons:
        return ""
    found = ReasonMapping.objects.filter(connection=connection, visit_reason_id=reason).order_by("id")
    return found.values_list("external_id", flat=True).first() or ""


def wanted_for_hold(connection: Connection, hold: Hold, now: datetime) -> Wanted:
    """Its time closed, while it lasts."""
    if hold.state != Hold.State.ACTIVE or hold.expires_at <= now or not connection.busy_out:
        return None
    return _busy(connection, hold.practitioner_id, Occupancy.objects.filter(hold=hold), hold.id, (hold.start, hold.end))


def wanted_for_visit(connection: Connection, appointment: Appointment, now: datetime) -> Wanted:
    """The visit itself or its time closed, exactly one of the two; nothing for what is over, freed, or of a practitioner unknown there."""
    if not appointment.is_active or appointment.end <= now:
        return None
    if connection.appointments_out and appointment.patient is not None:
        return visit_there(connection, appointment, VisitStatus.CONFIRMED)
    if connection.busy_out:
        taken = Occupancy.objects.filter(appointment=appointment)
        return _busy(connection, appointment.practitioner_id, taken, appointment.id, (appointment.start, appointment.end))
    return None


def left_to_close(wanted: Wanted, standing: Iterable[ExternalReference]) -> PlatformBusy | None:
    """Of a time that should be closed where no visit can be written: all of it, or nothing where an event covers it already."""
    if not isinstance(wanted, PlatformBusy):
        return None
    there = [(each.content["practitioner"], each.content["start"], each.content["end"]) for each in standing]
    start, end = instant_text(wanted.start), instant_text(wanted.end)
    covered = any(practitioner == wanted.practitioner and begin <= start and end <= finish for practitioner, begin, finish in there)
    return None if covered else wanted


def wanted_for_twin(connection: Connection, appointment: Appointment, standing: VisitStatus) -> PlatformVisit | None:
    """How the visit that stands there should look: as it is here. Statuses are written only by the flow `status_out`."""
    if appointment.status == Status.CANCELLED:
        return None
    status = standing
    if connection.status_out:
        status = STATUS_THERE.get(Status(appointment.status), VisitStatus.CONFIRMED)
    return visit_there(connection, appointment, status)


def visit_there(connection: Connection, appointment: Appointment, status: VisitStatus) -> PlatformVisit | None:
    """The visit in the platform's ids, `None` when its practitioner is not mapped."""
    practitioner = practitioner_there(connection, appointment.practitioner_id)
    if practitioner is None:
        return None
    return PlatformVisit(
        external_id="",
        practitioner=practitioner,
        start=appointment.start,
        end=appointment.end,
        status=status,
        reason=reason_there(connection, appointment.visit_reason_id),
        client_reference=str(appointment.id),
        patient=_person(appointment.patient),
        reminded_there=platform_reminds(connection, appointment),
    )


def _busy(
    connection: Connection, practitioner: UUID, taken: QuerySet[Occupancy], reference: UUID, visit_times: tuple[datetime, datetime]
) -> PlatformBusy | None:
    """The practitioner's time that is taken, buffers inside, without a word about the patient."""
    there = practitioner_there(connection, practitioner)
    if there is None:
        return None
    span = taken.filter(resource=practitioner).values_list("span", flat=True).first()
    start, end = (span.lower, span.upper) if span else visit_times
    return PlatformBusy(there, start, end, client_reference=str(reference))


def _person(patient: Patient | None) -> PlatformPatient | None:
    if patient is None:
        return None
    return PlatformPatient(
        first_names=patient.first_names,
        used_name=patient.last_name,
        birth_name=patient.birth_name or patient.used_name,
        birth_date=patient.birth_date,
        email=patient.email,
        phone=patient.phone,
    )
