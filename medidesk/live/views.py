"""Where a page of the cabinet gets the address of its stream."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from medidesk.accounts.models import STAFF_ROLES
from medidesk.accounts.permissions import allow
from medidesk.csp import events_origin
from medidesk.live.tickets import LIFE_SECONDS, make_ticket


def events_url(request: HttpRequest) -> str:
    """The address, ticket included, where the page of this request may listen for a minute from now."""
    origin = f"{request.scheme}://{request.get_host()}"
    ticket = make_ticket(cabinet=request.cabinet.uuid, user=request.user.pk, origin=origin)
    return f"{events_origin(request)}/events/{ticket}"


@allow(*sorted(STAFF_ROLES))
@never_cache
@require_GET
def ticket(request: HttpRequest) -> JsonResponse:
    """A new ticket for somebody of the cabinet."""
    return JsonResponse({"url": events_url(request), "seconds": LIFE_SECONDS})
