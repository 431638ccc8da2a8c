"""Another time for a visit that the cabinet had to cancel: a proposed one in one tap, or any other."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agenda.mass_absence.errors import AlreadyRebooked
from agenda.mass_absence.rebooking import rebook
from agenda.models import Appointment, MassAbsenceLine
from booking.changes import visitor_of
from booking.choices import FARTHEST_DAYS
from booking.links import sign_visit
from booking.replacing import also_concerned, proposed_times, replaceable
from booking.views.visits import visit_at, visit_context
from booking.visitor import may_see_whole, show_visit
from booking.week import first_free, week_from
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.db.locks import again_after_deadlock
from medidesk.errors import Conflicting, MediDeskError, Refused


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """The times, and the choice."""
    appointment, now = visit_at(token), clock.now()
    line = replaceable(appointment)
    if line is None:
        return redirect("booking:visit", token=token)
    if line.rebooked_id:
        return redirect("booking:visit", token=sign_visit(line.rebooked_id))
    if request.method != "POST":
        return _times(request, appointment, line, token, now)
    try:
        start, practitioner_id = datetime.fromisoformat(request.POST.get("start", "")), UUID(request.POST.get("practitioner", ""))
    except ValueError:
        return redirect("booking:rebook", token=token)
    if start.tzinfo is None:
        return redirect("booking:rebook", token=token)
    try:
        booked = again_after_deadlock(lambda: rebook(appointment.id, start=start, practitioner_id=practitioner_id, now=now))
    except AlreadyRebooked:
        return redirect("booking:rebook", token=token)
    except (Refused, Conflicting) as refusal:
        return _times(request, appointment, line, token, now, refusal)
    if may_see_whole(request.session, appointment.id):
        show_visit(request.session, booked.id)
    return redirect("booking:visit", token=sign_visit(booked.id))


def _times(
    request: HttpRequest, appointment: Appointment, line: MassAbsenceLine, token: str, now: datetime, refusal: MediDeskError | None = None
) -> HttpResponse:
    visitor, today = visitor_of(appointment, now), timezone.localdate(now)
    assert appointment.visit_reason_id is not None
    first_day = min(max(_day(request.GET.get("du", "")) or today, today), today + timedelta(days=FARTHEST_DAYS))
    week = week_from(first_day, visit_reason_id=appointment.visit_reason_id, visitor=visitor, now=now)
    jump = None
    if week.is_empty:
        jump = first_free(visit_reason_id=appointment.visit_reason_id, visitor=visitor, now=now, start_date=week.following)
    open_days = [day.date for day in week.days if day.times]
    asked = _day(request.GET.get("jour", ""))
    context = {
        **visit_context(request, appointment, token, now),
        "was": line.was_start,
        "proposed": proposed_times(line, appointment, visitor, now),
        "also": also_concerned(appointment),
        "week": week,
        "jump": jump,
        "open_day": asked if asked in {day.date for day in week.days} else (open_days or [week.days[0].date])[0],
        "query": f"du={first_day.isoformat()}",
        "previous_query": f"du={week.previous.isoformat()}" if week.previous else "",
        "following_query": f"du={week.following.isoformat()}",
        "refusal": refusal,
    }
    return render(request, "booking/rebook.html", context, status=refusal.status if refusal else 200)


def _day(text: str):
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
