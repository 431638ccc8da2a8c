"""Contesting a closing, by the link of the missed visit that led to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agenda.missed_visits import contest_closing
from booking.closings import closing_of_visit
from booking.forms import ContestForm
from booking.views.visits import visit_at
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Conflicting, Refused


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """Why, until when, and the form; once it is sent, that it is."""
    visit, now = visit_at(token), clock.now()
    form = ContestForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                contest_closing(appointment_id=visit.id, text=form.cleaned_data["text"], now=now)
                return redirect("booking:contest", token=token)
            except Refused as refusal:
                form.add_error("text", refusal.message)
            except Conflicting as refusal:
                status = refusal.status
    context = {"closing": closing_of_visit(visit, now), "form": form, "token": token}
    return render(request, "booking/contest.html", context, status=status)
