"""The calendar behind its address, and the page where a practitioner makes and cuts addresses."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.calendar_feed.addresses import create_feed, feeds_of, revoke_feed
from integrations.calendar_feed.forms import DeviceForm
from integrations.calendar_feed.reading import read_feed
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow, public_page
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError


@public_page
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar, 304 to who has it already, 404 for an address that opens nothing."""
    found = read_feed(token, zone=current_zone(), now=clock.now())
    if found is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
    seconds = int(found.changed_at.timestamp())
    response = HttpResponse(found.body, content_type="text/calendar; charset=utf-8")
    response["Last-Modified"] = http_date(seconds)
    response["ETag"] = found.etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    return get_conditional_response(request, etag=found.etag, last_modified=seconds, response=response) or response


@allow(Role.PRACTITIONER)
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponseBase:
    """The devices in use, and subscribing one more; its address is shown in the answer, and never again."""
    if request.method != "POST":
        return _page(request, DeviceForm())
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        row, token = create_feed(user=request.user, now=clock.now(), **form.cleaned_data)
    except MediDeskError as error:
        form.add_error("device" if error.pointer == "/device" else None, error.message)
        return _page(request, form, status=error.status)
    address = request.build_absolute_uri(reverse("integrations:calendar", args=[token]))
    made = {"device": row.device, "address": address, "webcal": "webcal" + address.removeprefix("https").removeprefix("http")}
    return _page(request, DeviceForm(), made=made, status=201)


@allow(Role.PRACTITIONER)
@require_POST
def revoke(request: HttpRequest, feed_id: UUID) -> HttpResponseBase:
    """Cut one device off."""
    try:
        row = revoke_feed(feed_id, user=request.user, now=clock.now())
    except MediDeskError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("« %(name)s » ne reçoit plus votre agenda.") % {"name": row.device})
    return redirect("integrations:devices")


def _page(request: HttpRequest, form: DeviceForm, *, made: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    context = {"form": form, "feeds": feeds_of(request.user), "made": made, "section": "devices"}
    response = render(request, "integrations/devices.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
