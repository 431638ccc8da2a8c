"""One visit, reached by its signed link: the proof, and where it is moved or cancelled."""

from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agenda.models import Appointment, Status
from agenda.running_late import delay_of_visit
from booking.calendar_file import calendar_of
from booking.changes import cancel_by_patient, may_change
from booking.closings import closing_of_visit
from booking.errors import LinkNotValid, TooLateToChange
from booking.forms import CancellationForm
from booking.links import sign_visit, visit_of
from booking.replacing import also_concerned, replaceable
from booking.visitor import may_see_whole
from booking.visits import address_of, advice_of, told_by
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Conflicting

FRIDAY = 4


@public_page
@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """What is booked, when, where; whom it is for and what for only to who booked it or proved to be the patient."""
    appointment, now = visit_at(token), clock.now()
    replaced = replaceable(appointment)
    context = {
        **visit_context(request, appointment, token, now),
        "can_change": may_change(appointment, now),
        "waiting_for_answer": appointment.status == Status.REQUESTED,
        "answer_by": answer_day(now),
        "is_past": appointment.start <= now,
        "replaceable": replaced is not None,
        "replaced_by": sign_visit(replaced.rebooked_id) if replaced and replaced.rebooked_id else "",
        "also": also_concerned(appointment),
        "delay": delay_of_visit(appointment, now),
        "closing": closing_of_visit(appointment, now),
        "told_by": told_by(appointment, now) if may_see_whole(request.session, appointment.id) else ("", ""),
    }
    return render(request, "booking/visit.html", context)


@public_page
@never_cache
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """« Ajouter à mon agenda »."""
    appointment = visit_at(token)
    url = request.build_absolute_uri(reverse("booking:visit", args=[token]))
    content = calendar_of(appointment, url=url, address=address_of(appointment), now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="rendez-vous.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    """Asked once, with a reason in one click; the time is offered to somebody else at once."""
    appointment, now = visit_at(token), clock.now()
    context = {**visit_context(request, appointment, token, now), "form": CancellationForm()}
    if appointment.status == Status.CANCELLED:
        return redirect("booking:visit", token=token)
    if not may_change(appointment, now):
        return render(request, "booking/too_late.html", context, status=422 if request.method == "POST" else 200)
    if request.method != "POST":
        return render(request, "booking/cancellation.html", context)
    form = CancellationForm(request.POST)
    reason = form.reason_text if form.is_valid() else ""
    try:
        cancel_by_patient(appointment, reason=reason, now=now)
    except (TooLateToChange, Conflicting):
        return render(request, "booking/too_late.html", context, status=409)
    return redirect("booking:visit", token=token)


def visit_at(token: str) -> Appointment:
    """The visit of that link, or 404."""
    try:
        appointment_id = visit_of(token)
    except LinkNotValid:
        raise Http404 from None
    related = Appointment.objects.select_related("practitioner", "site", "visit_reason__advice", "patient")
    appointment = related.filter(pk=appointment_id, deleted_at__isnull=True).first()
    if appointment is None:
        raise Http404
    return appointment


def visit_context(request: HttpRequest, appointment: Appointment, token: str, now: datetime) -> dict[str, object]:
    """What the pages of one visit share."""
    whole = may_see_whole(request.session, appointment.id)
    return {
        "appointment": appointment,
        "token": token,
        "address": address_of(appointment),
        "whole": whole,
        "advice": advice_of(appointment.visit_reason) if whole else None,
        "minutes": int((appointment.end - appointment.start).total_seconds() // 60),
    }


def answer_day(now: datetime):
    """By noon of which day the cabinet answers a request: the next weekday."""
    day = timezone.localdate(now) + timedelta(days=1)
    while day.weekday() > FRIDAY:
        day += timedelta(days=1)
    return day
