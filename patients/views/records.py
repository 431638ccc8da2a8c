"""The first page of a record: identity, visits, administrative notes. No medical content is in it, for anybody."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medidesk import clock
from medidesk.accounts.models import STAFF_ROLES, Role
from medidesk.accounts.permissions import allow
from medidesk.audit.models import RecordRead
from medidesk.errors import MediDeskError
from patients.ages import age_on
from patients.forms import IdentityForm, NotesForm
from patients.models import Patient
from patients.notices import notices_of
from patients.registration import confirm_identity, update_patient
from patients.visits import visits_of

WRITERS = (Role.OWNER, Role.PRACTITIONER, Role.SECRETARY)


@allow(*sorted(STAFF_ROLES))
@require_safe
def record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who this is, when they came and come, and what the desk should know."""
    patient = _patient(patient_id)
    RecordRead.objects.create(reader=request.user, subject_kind="patient", subject_id=str(patient.pk))
    return _page(request, patient, NotesForm(initial={"administrative_notes": patient.administrative_notes, "version": patient.version}))


@allow(*WRITERS)
@require_POST
def notes(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Keep the administrative notes."""
    patient, form = _patient(patient_id), NotesForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, form, status=422)
    try:
        _update(request, patient, {"administrative_notes": form.cleaned_data["administrative_notes"]}, form.cleaned_data["version"])
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _page(request, patient, form, status=error.status)
    messages.success(request, _("Notes enregistrées."))
    return redirect("patients:record", patient_id=patient.pk)


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """The form of the identity and contact points, and its saving."""
    patient = _patient(patient_id)
    if request.method != "POST":
        return _identity_page(request, patient, IdentityForm(initial=IdentityForm.initial_of(patient)))
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return _identity_page(request, patient, form, status=422)
    changes = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    try:
        _update(request, patient, changes, form.cleaned_data["version"])
    except MediDeskError as error:
        name = (error.pointer or "").lstrip("/")
        form.add_error(name if name in form.fields else None, forms.ValidationError(error.message))
        return _identity_page(request, patient, form, status=error.status)
    messages.success(request, _("Fiche enregistrée."))
    return redirect("patients:record", patient_id=patient.pk)


@allow(*WRITERS)
@require_POST
def confirm(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Somebody of the cabinet has checked who this is."""
    patient = confirm_identity(_patient(patient_id).pk, by=str(request.user), now=clock.now())
    messages.success(request, _("%(name)s\u00a0: identité vérifiée.") % {"name": patient.name})
    return redirect("patients:record", patient_id=patient.pk)


def _patient(patient_id: UUID) -> Patient:
    patient = Patient.objects.filter(pk=patient_id, deleted_at=None).first()
    if patient is None:
        raise Http404
    return patient


def _update(request: HttpRequest, patient: Patient, changes: dict, version: int) -> None:
    update_patient(patient, changes, by=str(request.user), now=clock.now(), expected_version=version)


def _page(request: HttpRequest, patient: Patient, form: NotesForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    lines = visits_of(patient.pk, request.user, now)
    context = {
        "patient": patient,
        "age": age_on(patient.birth_date, now),
        "coming": [line for line in reversed(lines) if line.coming and not line.current],
        "past": [line for line in lines if not line.coming or line.current],
        "form": form,
        "notices": notices_of(patient.pk, request.user, now),
        "duplicates": patient.duplicate_candidates.filter(decided_at=None).select_related("other"),
        "may_write": request.user.has_role(*WRITERS),
        "section": "patients",
    }
    return render(request, "patients/record.html", context, status=status)


def _identity_page(request: HttpRequest, patient: Patient, form: IdentityForm, *, status: int = 200) -> HttpResponse:
    return render(request, "patients/identity.html", {"patient": patient, "form": form, "section": "patients"}, status=status)
