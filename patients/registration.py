"""Opening and changing a patient's file."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from medidesk.db.locks import lock_until_commit
from medidesk.db.prepared import run_later
from medidesk.db.rows import insert_of
from medidesk.db.transactions import act
from medidesk.errors import Refused
from patients.errors import DetailsMissing, NoSuchPatient, StalePatient
from patients.matching import find_exact, find_exact_among, near_matches, worth_comparing
from patients.models import DuplicateCandidate, Patient
from patients.traits import e164, plain, search_text

EARLIEST_BIRTH = date(1880, 1, 1)
# Each trait that people may change, and what it is worth when it is not given.
WRITABLE: dict[str, Any] = {
    "birth_name": "", "used_name": "", "first_names": "", "birth_date": None, "sex": "U", "email": "", "phone": "", "language": "fr",
    "birth_place_code": "", "preferred_channel": "sms", "leave_no_details": False, "administrative_notes": "", "known": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """Who somebody says to be. Phone in any spelling."""

    first_names: str
    birth_name: str = ""
    used_name: str = ""
    birth_date: date | None = None
    sex: str = "U"
    email: str = ""
    phone: str = ""
    language: str = "fr"


@transaction.atomic
def register_patient(details: PatientDetails, *, by: str, now: datetime, provisional: bool | None = False) -> Patient:
    """Open a file and put its near matches on the worklist; `provisional` None: only when there are any.

    `by` names who registers. Raises Refused: `required`, `email-not-valid`, `phone-not-valid`, `birth-date-not-possible`.
    """
    patient = Patient(**asdict(checked(details, now=now)), created_at=now, updated_at=now)
    return _register(patient, provisional, list(worth_comparing(patient)), now)


def _register(patient: Patient, provisional: bool | None, candidates: Collection[Patient], now: datetime) -> Patient:
    patient.provisional = bool(provisional)
    alike = near_matches(patient, candidates)
    if provisional is None:
        patient.provisional = bool(alike)
    patient.search = search_text(patient)
    run_later(insert_of(patient))
    _propose(patient, alike, now)
    return patient


@act
def find_or_register(details: PatientDetails, *, by: str, now: datetime, is_locked: bool = False) -> tuple[Patient, bool]:
    """The patient who is exactly that person, else a new provisional file; the second value says whether it is new.

    Two callers with the same details wait for each other, so that one file comes of it; `is_locked` when the caller has taken that
    lock, of `identity_number`, already. Raises what register_patient raises.
    """
    details = checked(details, now=now)
    if not is_locked:
        if (known := find_exact(details)) is not None:
            return known, False
        lock_until_commit([identity_number(details)])
    patient = Patient(**asdict(details), created_at=now, updated_at=now)
    candidates = list(worth_comparing(patient))
    if (known := find_exact_among(candidates, details)) is not None:
        return known, False
    return _register(patient, True, candidates, now), True


@transaction.atomic
def update_patient(
    patient: Patient | UUID, changes: dict[str, Any], *, by: str, now: datetime, expected_version: int | None = None
) -> Patient:
    """Change traits of a file; the version grows only when something changes, and what somebody of the cabinet changed is checked.

    Raises NoSuchPatient, StalePatient, Refused as register_patient does.
    """
    row = Patient.objects.select_for_update(no_key=True).filter(pk=getattr(patient, "pk", patient), deleted_at=None).first()
    if row is None:
        raise NoSuchPatient
    if expected_version is not None and row.version != expected_version:
        raise StalePatient(row.version)
    given = {name: WRITABLE[name] if value is None else value for name, value in changes.items()}
    traits = {name: getattr(row, name) for name in PatientDetails.__dataclass_fields__}
    details = checked(PatientDetails(**{**traits, **{name: given[name] for name in given if name in traits}}), now=now)
    final = {**given, **{name: getattr(details, name) for name in given if name in traits}}
    changed = [name for name, value in final.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, final[name])
    row.version += 1
    row.updated_at = now
    row.save(update_fields=[*changed, "version", "updated_at"])
    _propose_duplicates(row, now)
    return row


@transaction.atomic
def withdraw_patient(patient_id: UUID, *, by: str, now: datetime, expected_version: int) -> Patient:
    """The file was opened by mistake: nobody finds it any more, and it is compared with no other. Raises NoSuchPatient, StalePatient.

    Whether something still needs the file is for the caller to know.
    """
    row = Patient.objects.select_for_update(no_key=True).filter(pk=patient_id, deleted_at=None).first()
    if row is None:
        raise NoSuchPatient
    if row.version != expected_version:
        raise StalePatient(row.version)
    row.deleted_at, row.version, row.updated_at = now, row.version + 1, now
    row.save(update_fields=["deleted_at", "version", "updated_at"])
    DuplicateCandidate.objects.filter(Q(patient=row) | Q(other=row)).delete()
    return row


@transaction.atomic
def confirm_identity(patient_id: UUID, *, by: str, now: datetime) -> Patient:
    """Somebody of the cabinet has checked who this is: the file is no longer provisional. Raises NoSuchPatient."""
    row = Patient.objects.select_for_update(no_key=True).filter(pk=patient_id, deleted_at=None).first()
    if row is None:
        raise NoSuchPatient
    if row.provisional:
        row.provisional, row.version, row.updated_at = False, row.version + 1, now
        row.save(update_fields=["provisional", "version", "updated_at"])
    return row


def checked(details: PatientDetails, *, now: datetime) -> PatientDetails:
    """The details in one spelling. Raises Refused, with the pointer of the trait that is wrong."""
    if not details.first_names.strip():
        raise DetailsMissing("/first_names", _("Le prénom est nécessaire."))
    if not (details.birth_name.strip() or details.used_name.strip()):
        raise DetailsMissing("/birth_name", _("Un nom est nécessaire : de naissance ou utilisé."))
    if details.birth_date and not EARLIEST_BIRTH <= details.birth_date <= now.date():
        raise Refused(_("Cette date de naissance n’est pas possible."), code="birth-date-not-possible", pointer="/birth_date")
    return replace(
        details,
        first_names=" ".join(details.first_names.split()),
        birth_name=" ".join(details.birth_name.split()),
        used_name=" ".join(details.used_name.split()),
        email=_email(details.email),
        phone=_phone(details.phone),
    )


def require_contact(details: PatientDetails) -> None:
    """Whoever books without being known must be reachable: raise `required` without birth date, or without phone and e-mail."""
    if details.birth_date is None:
        raise DetailsMissing("/birth_date", _("La date de naissance est nécessaire."))
    if not (details.phone.strip() or details.email.strip()):
        raise DetailsMissing("/phone", _("Un téléphone ou un e-mail est nécessaire."))


def _email(email: str) -> str:
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(_("Cette adresse e-mail n’est pas valable."), code="email-not-valid", pointer="/email") from None
    return email


def _phone(phone: str) -> str:
    try:
        return e164(phone)
    except Refused as error:
        raise Refused(error.message, code=error.code, pointer="/phone") from None


def identity_number(details: PatientDetails) -> UUID:
    """The same number for the same person's first names and birth date, whatever the accents."""
    text = f"patient {plain(details.first_names)} {details.birth_date}"
    return UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest())


def _propose_duplicates(patient: Patient, now: datetime) -> None:
    """Look again for files that may be the same person's."""
    _propose(patient, near_matches(patient), now)


def _propose(patient: Patient, alike: list[tuple[Patient, int, list[str]]], now: datetime) -> None:
    """Put the pairs on the worklist; a pair that somebody decided on stays decided."""
    pairs = [
        DuplicateCandidate(patient=patient, other=other, score=score, reasons=reasons, created_at=now) for other, score, reasons in alike
    ]
    if pairs:
        DuplicateCandidate.objects.bulk_create(pairs, ignore_conflicts=True)
