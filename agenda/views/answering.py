"""How the desk answers an act: a page that reloads for a browser without scripts, a few words of JSON for ours."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agenda.desk.numbers import number_of
from agenda.free_times.rules import Refusal
from agenda.models import Appointment
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError


def by_script(request: HttpRequest) -> bool:
    """Does one of our scripts ask, for a part of a page or a JSON answer?"""
    return "X-Part" in request.headers


def done(request: HttpRequest, message: str, visit: Appointment, *, undo: int = 0, warnings: Sequence[Refusal] = ()) -> HttpResponseBase:
    """The act is done: say so, lead back to the day. `undo` is how many acts taking it back takes; 0 offers no undo."""
    text = " ".join([message, *(one.detail for one in warnings)])
    day = day_of(visit)
    if by_script(request):
        back = {"url": reverse("agenda:undo", args=[visit.pk]), "times": undo} if undo else None
        return JsonResponse({"message": text, "undo": back, "day": day.isoformat(), "number": number_of(visit.pk)})
    messages.success(request, text)
    return redirect("agenda:on", day=day)


def refused(request: HttpRequest, error: MediDeskError, visit_id: UUID) -> HttpResponseBase:
    """The act is refused: say why, and stay with the visit."""
    if by_script(request):
        return JsonResponse({"message": error.message}, status=error.status)
    messages.error(request, error.message)
    return redirect("agenda:appointment", appointment_id=visit_id)


def dialog_or_page(request: HttpRequest, part: str, context: dict, *, status: int = 200) -> HttpResponse:
    """The part alone for a dialog, or the part as the page of somebody without scripts."""
    if by_script(request):
        answer = render(request, part, {**context, "in_dialog": True}, status=status)
    else:
        answer = render(request, "agenda/dialog_page.html", {**context, "part": part, "section": "agenda"}, status=status)
    answer["Vary"] = "X-Part, Cookie"
    return answer


def day_of(visit: Appointment) -> date:
    """The day of a visit on the cabinet's wall."""
    return visit.start.astimezone(current_zone()).date()
