"""Moving a visit: another time for the same reason, by the same rules as booking."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agenda.errors import SlotTaken
from agenda.models import Appointment
from booking.changes import may_change, move_by_patient, visitor_of
from booking.choices import FARTHEST_DAYS
from booking.errors import TooLateToChange
from booking.views.visits import visit_at, visit_context
from booking.week import first_free, week_from
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Conflicting, MediDeskError, Refused


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """The free times, and the move."""
    appointment, now = visit_at(token), clock.now()
    if not may_change(appointment, now) or appointment.visit_reason_id is None:
        return render(request, "booking/too_late.html", visit_context(request, appointment, token, now))
    if request.method != "POST":
        return _times(request, appointment, token, now)
    try:
        start, practitioner_id = datetime.fromisoformat(request.POST.get("start", "")), UUID(request.POST.get("practitioner", ""))
    except ValueError:
        return redirect("booking:move", token=token)
    if start.tzinfo is None:
        return redirect("booking:move", token=token)
    try:
        move_by_patient(appointment, start=start, practitioner_id=practitioner_id, now=now)
    except TooLateToChange:
        return render(request, "booking/too_late.html", visit_context(request, appointment, token, now), status=422)
    except (SlotTaken, Refused, Conflicting) as refusal:
        return _times(request, appointment, token, now, refusal)
    return redirect("booking:visit", token=token)


def _times(request: HttpRequest, appointment: Appointment, token: str, now: datetime, refusal: MediDeskError | None = None) -> HttpResponse:
    reason, today = appointment.visit_reason, timezone.localdate(now)
    assert reason is not None
    visitor, first_day = visitor_of(appointment, now), _first_day(request, today)
    anyone = request.GET.get("avec") == "tous"
    suffix = "&avec=tous" if anyone else ""
    people = None if anyone else [appointment.practitioner_id]
    week = week_from(first_day, visit_reason_id=reason.id, visitor=visitor, now=now, practitioner_ids=people)
    jump = None
    if week.is_empty:
        jump = first_free(visit_reason_id=reason.id, visitor=visitor, now=now, start_date=week.following, practitioner_ids=people)
    open_days = [day.date for day in week.days if day.times]
    asked = _day(request.GET.get("jour", ""))
    context = {
        **visit_context(request, appointment, token, now),
        "week": week,
        "jump": jump,
        "anyone": anyone,
        "others": reason.practitioners.filter(bookable_online=True, deleted_at__isnull=True)
        .exclude(pk=appointment.practitioner_id)
        .exists(),
        "open_day": asked if asked in {day.date for day in week.days} else (open_days or [week.days[0].date])[0],
        "query": f"du={first_day.isoformat()}{suffix}",
        "previous_query": f"du={week.previous.isoformat()}{suffix}" if week.previous else "",
        "following_query": f"du={week.following.isoformat()}{suffix}",
        "refusal": refusal,
    }
    return render(request, "booking/move.html", context, status=refusal.status if refusal else 200)


def _first_day(request: HttpRequest, today):
    asked = _day(request.GET.get("du", "")) or today
    return min(max(asked, today), today + timedelta(days=FARTHEST_DAYS))


def _day(text: str):
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
