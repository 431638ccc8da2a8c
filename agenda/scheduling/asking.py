"""Who asks for a visit: what a booking looks at of its patient, in one turn with the set-up or with the look under the locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agenda.errors import UnknownReference
from agenda.free_times.patient_history import IS_KNOWN, known_when
from agenda.free_times.schedule import Schedule, current_schedule
from medidesk.db.prepared import Statement, run
from patients.models import Patient

# What a booking, and the messages that it plans, look at; the rest of the file is read when somebody asks for it.
_FIELDS = ("id", "email", "phone", "preferred_channel", "leave_no_details")
_OF_PATIENT = f"""
    SELECT {IS_KNOWN} AS is_known, {", ".join(f"p.{name}" for name in _FIELDS)}
    FROM patients_patient p WHERE p.id = %s AND p.deleted_at IS NULL
"""
Row = Sequence[Any] | None
_ASK = f"SELECT s.number, patient.* FROM agenda_setuprevision s LEFT JOIN ({_OF_PATIENT}) patient ON true"


def question_of(patient_id: UUID | None, now: datetime) -> Statement | None:
    """What to ask of the patient beside something else; the others understand the row."""
    return None if patient_id is None else (_OF_PATIENT, [*known_when(now), patient_id])


def is_known_by(patient_id: UUID | None, row: Row) -> bool:
    """Does the cabinet know them, by the answer to `question_of`? Raises UnknownReference for a patient who is not there."""
    if patient_id is not None and (row is None or row[0] is None):
        raise UnknownReference("/patient")
    return row is not None and bool(row[0])


def patient_by(row: Row) -> Patient | None:
    """The patient of that answer."""
    return None if row is None else Patient.from_db(connection.alias, _FIELDS, row[1:])


def who_asks(patient_id: UUID | None, now: datetime) -> tuple[Schedule, Patient | None]:
    """The present schedule, and the patient when it is said who. Raises UnknownReference for a patient who is not there."""
    if patient_id is None:
        return current_schedule(), None
    [(revision, *row)] = run((_ASK, [*known_when(now), patient_id]))
    is_known_by(patient_id, row)
    return current_schedule(revision), patient_by(row)
