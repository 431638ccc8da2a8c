"""A platform's visit that a file had brought in before the platform was connected: the same visit, not a second one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from agenda.actors import Actor
from agenda.models import Appointment
from agenda.models.appointment import FREEING
from agenda.scheduling import recognise_import, reschedule_import
from agenda.scheduling.importing import KEEP
from integrations.incoming.people import known_details
from integrations.models import Connection
from integrations.speaking.vocabulary import PlatformVisit
from patients.matching import find_exact, same_identity

SOURCE = "import"


def brought_in(connection: Connection, visit: PlatformVisit, practitioner: UUID, reason: UUID | None, now: datetime) -> Appointment | None:
    """The visit of a file that this is (same practitioner, same start, same person, and only one), now the platform's: its length and,
    where it says one, its reason hold. `None` when there is none, or when in doubt."""
    same = Appointment.objects.filter(source=SOURCE, practitioner_id=practitioner, start=visit.start).exclude(status__in=FREEING)
    candidates = list(same.exclude(external_references__connection=connection))
    details = known_details(visit.patient, now) if candidates and visit.patient else None
    if details is None:
        return None
    exact = find_exact(details)
    persons = {*([exact.id] if exact else []), *(person.id for person in same_identity(details))}
    found = [each for each in candidates if each.patient_id in persons]
    if len(found) != 1:
        return None
    told: dict[str, Any] = {"actor": Actor.platform(connection.platform), "origin": connection.origin, "now": now}
    appointment = recognise_import(appointment_id=found[0].id, source=connection.platform, **told)
    if appointment.end == visit.end and reason in (None, appointment.visit_reason_id):
        return appointment
    return reschedule_import(appointment_id=appointment.id, start=visit.start, end=visit.end, visit_reason_id=reason or KEEP, **told)
