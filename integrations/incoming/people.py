"""Who a platform's patient is here."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from integrations.models import Connection
from integrations.speaking.vocabulary import PlatformPatient
from medidesk.errors import Refused
from patients.registration import PatientDetails, checked, find_or_register

# What may be wrong in a platform's word about somebody, and what is then left out rather than losing the visit.
LEFT_OUT: dict[str, dict[str, Any]] = {
    "phone-not-valid": {"phone": ""},
    "email-not-valid": {"email": ""},
    "birth-date-not-possible": {"birth_date": None},
}


def patient_of(connection: Connection, person: PlatformPatient | None, now: datetime, *, is_locked: bool = False) -> UUID | None:
    """The file of that person, opened as provisional when there is none; `None` when the platform names nobody or patients do not flow.

    `is_locked` when the caller has locked the person's `identity_number` already.
    """
    if person is None or not connection.patients_in or not (person.used_name or person.birth_name):
        return None
    details = _as_far_as_possible(details_of(person), now)
    if details is None:
        return None
    is_this = details.birth_date == person.birth_date  # else it is another number that is to be locked
    return find_or_register(details, by=connection.platform, now=now, is_locked=is_locked and is_this)[0].id


def known_details(person: PlatformPatient, now: datetime) -> PatientDetails | None:
    """Who the platform says that is, without what cannot be right; `None` when nothing is left of the person."""
    return _as_far_as_possible(details_of(person), now) if person.used_name or person.birth_name else None


def _as_far_as_possible(details: PatientDetails, now: datetime) -> PatientDetails | None:
    """The details without what is wrong in them; `None` when nothing is left of the person. Nothing is asked of the database."""
    for _attempt in range(len(LEFT_OUT) + 1):
        try:
            return checked(details, now=now)
        except Refused as refusal:
            if refusal.code not in LEFT_OUT:
                return None
            details = replace(details, **LEFT_OUT[refusal.code])
    return None


def details_of(person: PlatformPatient) -> PatientDetails:
    """Who the platform says that is."""
    return PatientDetails(
        first_names=person.first_names[:100] or "?",
        birth_name=person.birth_name[:100],
        used_name=person.used_name[:100],
        birth_date=person.birth_date,
        email=person.email,
        phone=person.phone,
    )
