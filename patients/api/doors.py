"""Patients over REST: find, create, read, change."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from medidesk.api.doors import Answer, Call, path_id
from medidesk.api.fields import Flaw
from medidesk.api.paging import page
from medidesk.api.problems import Invalid, not_found
from patients.models import DuplicateCandidate, Patient
from patients.registration import PatientDetails, register_patient, update_patient
from patients.search import search_patients

SHOWN = ("birth_name", "used_name", "first_names", "birth_date", "sex", "language", "known", "provisional", "updated_at")


def find(call: Call) -> Patient:
    """The living file that the path names."""
    patient = Patient.objects.filter(pk=path_id(call), deleted_at=None).first()
    if patient is None:
        raise not_found()
    return patient


def list_patients(call: Call) -> Answer:
    """Found as the desk finds, the best first; without `q` all of them, by pages."""
    if call.query["q"] is not None:
        return Answer.json({"results": render(search_patients(call.query["q"], call.query["limit"])), "next": None})
    return page(call, Patient.objects.all(), render)


def get_patient(call: Call) -> Answer:
    """One file."""
    return _answer(call.subject)


def create_patient(call: Call) -> Answer:
    """A new file; near matches go to the worklist."""
    details, known = _split(call)
    with transaction.atomic():
        patient = register_patient(PatientDetails(**details), by=_signature(call), now=call.now)
        if known:
            patient = update_patient(patient, {"known": True}, by=_signature(call), now=call.now)
    return _answer(patient, 201)


def change_patient(call: Call) -> Answer:
    """The file, changed."""
    details, known = _split(call)
    changes = details if known is None else {**details, "known": known}
    return _answer(update_patient(call.subject, changes, by=_signature(call), now=call.now, expected_version=call.expected_version))


def render(patients: list[Patient]) -> list[dict[str, Any]]:
    """The JSON of these files: one query for all likely duplicates."""
    likely: dict[UUID, list[UUID]] = defaultdict(list)
    pairs = DuplicateCandidate.objects.filter(patient__in=patients, decided_at=None).order_by("-score", "id")
    for patient_id, other_id in pairs.values_list("patient_id", "other_id"):
        likely[patient_id].append(other_id)
    return [
        {
            "id": one.id,
            "version": one.version,
            **{name: getattr(one, name) for name in SHOWN},
            "email": one.email or None,
            "phone": one.phone or None,
            "duplicates_of": likely[one.id],
        }
        for one in patients
    ]


def _answer(patient: Patient, status: int = 200) -> Answer:
    location = f"/api/v1/patients/{patient.id}" if status == 201 else ""
    return Answer.json(render([patient])[0], status, version=patient.version, location=location)


def _signature(call: Call) -> str:
    return f"api:{call.caller.name}"


def _split(call: Call) -> tuple[dict[str, Any], bool | None]:
    """The traits, and what only the cabinet's own keys may say: that the patient is known."""
    details = dict(call.body)
    known = details.pop("known", None)
    if known is not None and not call.caller.staff:
        raise Invalid([Flaw("/known", "not-writable", _("Réservé aux clés du cabinet."))])
    return details, known
