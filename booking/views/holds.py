"""Choosing a time: it is kept for the visitor while the form is filled."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from agenda.errors import SlotTaken, UnknownReference
from agenda.free_times.openings import Visitor
from agenda.models import Appointment, VisitReason
from booking.errors import NothingHeld
from booking.holds import SOURCE, booked_from, hold_time, let_go, prolong
from booking.links import sign_visit
from booking.visitor import Draft, show_visit
from booking.week import nearest_times
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import MediDeskError, Refused


@public_page
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Keep the chosen time and go on to the identity; 409 with the nearest times when somebody was faster."""
    now = clock.now()
    chosen = _chosen(request, Draft.of(request.session))
    if chosen is None:
        return redirect("booking:home")
    try:
        hold_time(chosen, now=now)
    except UnknownReference:
        return redirect("booking:home")
    except (SlotTaken, Refused) as refusal:
        return time_gone(request, chosen, refusal, now)
    chosen.keep(request.session)
    return redirect("booking:identity")


@public_page
@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Fifteen minutes more."""
    draft, now = Draft.of(request.session), clock.now()
    try:
        prolong(draft, now=now)
    except NothingHeld:
        return redirect("booking:home")
    except (SlotTaken, Refused) as refusal:
        return time_gone(request, draft, refusal, now)
    draft.keep(request.session)
    return redirect("booking:identity")


@public_page
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Give the time back and choose again; what was typed stays."""
    draft = Draft.of(request.session)
    let_go(draft, now=clock.now())
    query, draft.start = draft.query, ""
    draft.keep(request.session)
    return redirect(f"/?{query}#horaires" if query else "/")


def time_gone(request: HttpRequest, draft: Draft, refusal: MediDeskError, now: datetime) -> HttpResponse:
    """The page that offers the three nearest times; what was typed is kept. A form sent twice goes to the visit that it booked."""
    if appointment := booked_from(draft):
        return booked(request, appointment)
    draft.hold = ""
    draft.keep(request.session)
    reason = VisitReason.objects.filter(pk=draft.visit_reason).first()
    if reason is None:
        return redirect("booking:home")
    visitor = Visitor(status="known" if draft.known else "new", channel=SOURCE)
    times = nearest_times(datetime.fromisoformat(draft.start), visit_reason_id=reason.id, visitor=visitor, now=now)
    context = {"draft": draft, "refusal": refusal, "reason": reason, "times": times, "home_query": draft.query}
    return render(request, "booking/time_gone.html", context, status=refusal.status)


def booked(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """On to the page that is the proof."""
    Draft.forget(request.session)
    show_visit(request.session, appointment.id)
    return redirect("booking:visit", token=sign_visit(appointment.id))


def _chosen(request: HttpRequest, draft: Draft) -> Draft | None:
    """The draft with the time that the form carries; None when the form is not one of ours."""
    values = {name: request.POST.get(name, "") for name in ("start", "practitioner", "visit_reason", "site")}
    try:
        start = datetime.fromisoformat(values["start"])
        UUID(values["visit_reason"])
        for name in ("practitioner", "site"):
            values[name] = str(UUID(values[name])) if values[name] else ""
    except ValueError:
        return None
    if start.tzinfo is None:
        return None
    known = request.POST.get("known") == "yes"
    query = urlencode({"motif": values["visit_reason"], "connu": "oui" if known else "non", "du": start.date().isoformat()})
    return replace(draft, known=known, query=query, **values)
