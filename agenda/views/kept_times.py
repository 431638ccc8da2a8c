"""Keeping the time that is being said on the phone, and giving it back when the call ends otherwise."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_POST

from agenda.actors import Actor
from agenda.desk.rights import WRITERS, writes
from agenda.errors import HoldGone
from agenda.forms import chosen_time
from agenda.models import Hold
from agenda.scheduling import hold_slot, release_hold
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError

CALL_MINUTES = 15


@allow(*WRITERS)
@require_POST
def keep(request: HttpRequest) -> HttpResponseBase:
    """Hold a proposed time while the caller thinks; what was held before by this call is given back first."""
    chosen = chosen_time(request.POST.get("horaire", ""))
    try:
        reason = UUID(request.POST.get("motif", ""))
    except ValueError:
        raise Http404 from None
    if chosen is None or not writes(request.user, chosen[0]):
        raise Http404
    _release(request, request.POST.get("garde", ""))
    try:
        hold = hold_slot(
            visit_reason_id=reason, practitioner_id=chosen[0], start=chosen[1], site_id=chosen[2], actor=Actor.staff(request.user),
            source="phone", minutes=CALL_MINUTES, visitor_status="known", now=clock.now(),
        )  # fmt: skip
    except MediDeskError as error:
        return JsonResponse({"message": error.message}, status=error.status)
    return JsonResponse({"garde": str(hold.pk)}, status=201)


@allow(*WRITERS)
@require_POST
def give_back(request: HttpRequest, hold_id: UUID) -> HttpResponseBase:
    """The call ended otherwise: the time is free again. Nothing to say when it already was."""
    _release(request, str(hold_id))
    return HttpResponse(status=204)


def _release(request: HttpRequest, text: str) -> None:
    """Only what the desk itself holds, in an agenda that is open to this person."""
    try:
        hold = Hold.objects.filter(pk=UUID(text), source="phone").first()
    except ValueError:
        return
    if hold is None or not writes(request.user, hold.practitioner_id):
        return
    try:
        release_hold(hold_id=hold.pk, actor=Actor.staff(request.user), now=clock.now())
    except HoldGone:
        return
