"""A patient's missed visits and what follows: the page, excusing, reopening, answering a contest."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agenda.actors import Actor
from agenda.desk.online_booking import online_booking
from agenda.desk.rights import READERS, WRITERS, may_write, visit_for
from agenda.missed_visits import count_again, excuse_missed_visit, keep_closing, lift_closing
from agenda.views.answering import by_script, done, refused
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError
from patients.models import Patient


@allow(*READERS)
@require_safe
def page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Where the patient stands, why, and what may be decided."""
    return _page(request, _patient(patient_id))


@allow(*WRITERS)
@require_POST
def lift(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Open again at once; a contest is accepted by it."""
    return _decide(request, patient_id, lift_closing, _("La réservation en ligne est rouverte. Le patient est prévenu."))


@allow(*WRITERS)
@require_POST
def keep(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Answer a contest by a no."""
    return _decide(request, patient_id, keep_closing, _("La réponse est envoyée au patient."))


@allow(*WRITERS)
@require_POST
def excuse(request: HttpRequest, appointment_id: UUID) -> HttpResponseBase:
    """One missed visit does not count, or counts again."""
    visit, now, actor = visit_for(request.user, appointment_id, write=True), clock.now(), Actor.staff(request.user)
    motive = request.POST.get("motif", "")
    try:
        if "reprendre" in request.POST:
            count_again(appointment_id=visit.pk, actor=actor, now=now)
            said = _("Cette absence compte de nouveau.")
        else:
            excuse_missed_visit(appointment_id=visit.pk, motive=motive, actor=actor, now=now)
            said = _("Absence excusée\u00a0: elle ne compte plus.")
    except MediDeskError as error:
        if by_script(request) or visit.patient is None:
            return refused(request, error, visit.pk)
        return _page(request, visit.patient, error, typed={f"excuse-{visit.pk}": motive})
    if by_script(request):
        return done(request, said, visit)
    messages.success(request, said)
    return redirect("agenda:online_booking", patient_id=visit.patient_id)


def _decide(request: HttpRequest, patient_id: UUID, verb: Callable[..., Any], said: str) -> HttpResponseBase:
    patient, motive = _patient(patient_id), request.POST.get("motif", "")
    try:
        verb(patient_id=patient.pk, motive=motive, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        return _page(request, patient, error, typed={verb.__name__: motive})
    messages.success(request, said)
    return redirect("agenda:online_booking", patient_id=patient.pk)


def _patient(patient_id: UUID) -> Patient:
    patient = Patient.objects.filter(pk=patient_id, deleted_at=None).first()
    if patient is None:
        raise Http404
    return patient


def _page(
    request: HttpRequest, patient: Patient, error: MediDeskError | None = None, *, typed: dict[str, str] | None = None
) -> HttpResponse:
    context = {
        "patient": patient, "state": online_booking(patient.pk, request.user, clock.now()), "may_write": may_write(request.user),
        "error": error, "typed": typed or {}, "section": "patients",
    }  # fmt: skip
    return render(request, "agenda/online_booking.html", context, status=error.status if error else 200)
