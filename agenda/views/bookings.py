"""Booking at the desk: somebody on the phone, or at the door without an appointment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agenda.actors import Actor
from agenda.desk.call_times import CallTimes, times_for_call, times_for_walk_in
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import WRITERS, writable_agendas
from agenda.errors import HoldGone
from agenda.forms import BookingForm, NewPatientForm, insistence_for, prefilled
from agenda.models import Practitioner, VisitReason
from agenda.scheduling import Booked, book_appointment
from agenda.views.answering import dialog_or_page, done
from agenda.views.found_patients import described, found
from medidesk import clock, french
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from patients.models import Patient
from patients.registration import PatientDetails, find_or_register

WALK_IN = "walk_in"


@dataclass(slots=True)
class Call:
    """What is asked so far, from the address or the form."""

    source: str
    practitioners: list[Practitioner]
    reasons: list[VisitReason]
    reason: VisitReason | None
    practitioner: Practitioner | None
    start: datetime | None
    since: date
    patient: str
    text: str

    @property
    def is_walk_in(self) -> bool:
        """Is the person at the door?"""
        return self.source == WALK_IN


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The dialog or page, and the booking."""
    if request.method != "POST":
        return _answer(request, _call(request, request.GET))
    call = _call(request, request.POST)
    if "etape" in request.POST:  # without scripts: a search or another reason, by POST so that no name is in an address
        return _answer(request, call, person=NewPatientForm(initial=request.POST.dict()) if request.POST.get("last_name") else None)
    form = BookingForm(request.POST)
    person = NewPatientForm(request.POST) if request.POST.get("patient") == "new" else None
    if not form.is_valid() or (person is not None and not person.is_valid()):
        return _answer(request, call, form=form, person=person, status=422)
    if form.cleaned_data["horaire"][0] not in {one.id for one in call.practitioners}:
        raise Http404
    try:
        booked = _book(request, call, form, person)
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _answer(request, call, form=form, person=person, error=error, status=error.status)
    return done(request, _said(booked, call), booked.appointment, warnings=booked.warnings)


@allow(*WRITERS)
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """The times and the instruction for the reason that is being chosen."""
    call = _call(request, request.GET)
    return render(request, "agenda/_times_parts.html", {"call": call, "times": _times(call)})


def _call(request: HttpRequest, data: Any) -> Call:
    practitioners = desk_practitioners(writable_agendas(request.user))
    wanted = data.get("praticien_choisi", data.get("praticien"))
    practitioner = next((one for one in practitioners if str(one.id) == wanted), None)
    offered = VisitReason.objects.filter(deleted_at__isnull=True, offers__practitioner__in=practitioners).distinct()
    reasons = list(offered.filter(offers__practitioner=practitioner) if practitioner and "praticien_choisi" not in data else offered)
    today = clock.now().astimezone(current_zone()).date()
    return Call(
        source=WALK_IN if data.get("source") == WALK_IN else "phone",
        practitioners=practitioners,
        reasons=reasons,
        reason=next((one for one in reasons if str(one.id) == data.get("motif")), reasons[0] if reasons else None),
        practitioner=practitioner,
        start=_wall(data.get("debut", "")),
        since=max(today, _day(data.get("depuis", "")) or today),
        patient=data.get("patient", ""),
        text=data.get("q", "").strip()[:100],
    )


def _wall(text: str) -> datetime | None:
    """A wall time of the cabinet, as links of the agenda write it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=current_zone())
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _times(call: Call) -> CallTimes:
    now = clock.now()
    if call.is_walk_in:
        return times_for_walk_in(call.reason, call.practitioners, now)
    those = [call.practitioner] if call.practitioner else call.practitioners
    return times_for_call(call.reason, those, now, since=call.since, wanted=call.start)


def _answer(
    request: HttpRequest, call: Call, *, form: BookingForm | None = None, person: NewPatientForm | None = None,
    error: MediDeskError | None = None, status: int = 200,
) -> HttpResponseBase:  # fmt: skip
    """The dialog with what was typed, what is found, and the times."""
    chosen = _chosen_patient(call.patient)
    lines = described([chosen]) if chosen and not call.text else found(call.text)
    context = {
        "call": call, "form": form, "person": person or NewPatientForm(initial=prefilled(call.text)), "found": lines, "q": call.text,
        "chosen_patient": call.patient, "times": _times(call), "chosen_time": form.data.get("horaire", "") if form else "",
        "typed": request.POST,
        "insistence": insistence_for(error) if error else None, "tomorrow": call.since + timedelta(days=1),
        "title": _("Patient sans rendez-vous") if call.is_walk_in else _("Nouveau rendez-vous par téléphone"),
    }  # fmt: skip
    return dialog_or_page(request, "agenda/_call.html", context, status=status)


def _chosen_patient(text: str) -> Patient | None:
    try:
        return Patient.objects.filter(pk=UUID(text), deleted_at=None).first()
    except ValueError:
        return None


def _book(request: HttpRequest, call: Call, form: BookingForm, person: NewPatientForm | None) -> Booked:
    """Register who is new, then book; a hold that has run out meanwhile does not stand in the way."""
    now, actor, data = clock.now(), Actor.staff(request.user), form.cleaned_data
    patient_id = data["patient"] if person is None else _register(person, actor, now)
    practitioner_id, start, site_id = data["horaire"]
    insist = data["insister"].strip() or (_("Sans rendez-vous") if call.is_walk_in else "")
    wanted: dict[str, Any] = {
        "visit_reason_id": data["motif"], "practitioner_id": practitioner_id, "start": start, "site_id": site_id,
        "patient_id": patient_id, "actor": actor, "source": call.source, "now": now, "insist": insist or None, "note": data["note"].strip(),
    }  # fmt: skip
    if data["garde"]:
        try:
            return book_appointment(hold_id=data["garde"], **wanted)
        except HoldGone:
            pass
    return book_appointment(**wanted)


def _register(person: NewPatientForm, actor: Actor, now: datetime) -> UUID:
    data = person.cleaned_data
    details = PatientDetails(
        first_names=data["first_names"], birth_name=data["last_name"], birth_date=data["birth_date"], phone=data["phone"]
    )
    return find_or_register(details, by=actor.name, now=now)[0].pk


def _said(booked: Booked, call: Call) -> str:
    """« MARCHAL Odile : mardi 24 novembre à 11 h, Dr Le Goff. »"""
    visit = booked.appointment
    zone = current_zone()
    today = clock.now().astimezone(zone).date()
    who = Patient.objects.get(pk=visit.patient_id)
    practitioner = next(one.name for one in call.practitioners if one.id == visit.practitioner_id)
    moment = french.long_moment(visit.start.astimezone(zone), today)
    return _("%(name)s\u00a0: rendez-vous pris %(moment)s, %(practitioner)s.") % {
        "name": who.name, "moment": moment, "practitioner": practitioner,
    }  # fmt: skip
