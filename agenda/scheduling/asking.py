"""Who asks for a visit, and under which set-up: all that a booking looks at before any lock, in one turn to Postgres."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from agenda.errors import UnknownReference
from agenda.free_times.patient_history import IS_KNOWN, known_when
from agenda.free_times.schedule import Schedule, current_schedule
from medidesk.db.prepared import run
from patients.models import Patient

_FIELDS = Patient._meta.concrete_fields
_ASK = f"""
    SELECT s.number, {IS_KNOWN}, {", ".join(f'p."{field.column}"' for field in _FIELDS)}
    FROM agenda_setuprevision s LEFT JOIN patients_patient p ON p.id = %s AND p.deleted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """The patient, when it is said who, whether the cabinet knows them, and the present schedule."""

    schedule: Schedule
    patient: Patient | None = None
    is_known: bool = False


def who_asks(patient_id: UUID | None, now: datetime) -> Asker:
    """Look them up. Raises UnknownReference for a patient who is not there."""
    if patient_id is None:
        return Asker(current_schedule())
    [(revision, is_known, *values)] = run((_ASK, [*known_when(now), patient_id]))
    if values[0] is None:
        raise UnknownReference("/patient")
    patient = Patient.from_db(connection.alias, [field.attname for field in _FIELDS], values)
    return Asker(current_schedule(revision), patient, is_known)
