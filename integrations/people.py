"""Who a platform's patient is here."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from integrations.models import Connection
from integrations.vocabulary import PlatformPatient
from medidesk.errors import Refused
from patients.registration import PatientDetails, find_or_register

# What may be wrong in a platform's word about somebody, and what is then left out rather than losing the visit.
LEFT_OUT: dict[str, dict[str, Any]] = {
    "phone-not-valid": {"phone": ""},
    "email-not-valid": {"email": ""},
    "birth-date-not-possible": {"birth_date": None},
}


def patient_of(connection: Connection, person: PlatformPatient | None, now: datetime) -> UUID | None:
    """The file of that person, opened as provisional when there is none; `None` when the platform names nobody or patients do not flow."""
    if person is None or not connection.patients_in or not (person.used_name or person.birth_name):
        return None
    details = PatientDetails(
        first_names=person.first_names[:100] or "?",
        birth_name=person.birth_name[:100],
        used_name=person.used_name[:100],
        birth_date=person.birth_date,
        email=person.email,
        phone=person.phone,
    )
    for _attempt in range(len(LEFT_OUT) + 1):
        try:
            return find_or_register(details, by=connection.platform, now=now)[0].id
        except Refused as refusal:
            if refusal.code not in LEFT_OUT:
                return None
            details = replace(details, **LEFT_OUT[refusal.code])
    return None
