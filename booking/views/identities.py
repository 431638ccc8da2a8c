"""Screen 2: who comes. The time stays kept; what is typed survives errors, reloads and the end of the hold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agenda.errors import SlotTaken
from agenda.models import Hold
from booking.codes import send_code
from booking.errors import NothingHeld, TooManyCodes
from booking.forms import IdentityForm
from booking.holds import held, held_facts
from booking.views.confirmations import finish
from booking.views.holds import time_gone
from booking.visitor import Draft, proved_contact
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Refused


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """The form, then the code."""
    draft, now = Draft.of(request.session), clock.now()
    if request.method == "POST":
        draft.typed = {name: request.POST.get(name, "")[:500] for name in IdentityForm.base_fields}
    try:
        hold = held(draft, now=now)
    except NothingHeld:
        return redirect("booking:home")
    except (SlotTaken, Refused) as refusal:
        return time_gone(request, draft, refusal, now)
    draft.keep(request.session)
    today = timezone.localdate(now)
    if request.method != "POST":
        return _form_page(request, IdentityForm(initial=draft.typed, today=today), hold)
    form = IdentityForm(draft.typed, today=today)
    if not form.is_valid():
        return _form_page(request, form, hold, status=422)
    draft.contact, draft.channel = form.identity.contact
    if proved_contact(request.session, now) == draft.contact:
        return finish(request, draft, now)
    try:
        draft.code = str(send_code(draft.contact, draft.channel, now=now, address=request.META.get("REMOTE_ADDR", "")))
    except TooManyCodes as refusal:
        form.add_error(None, refusal.message)
        return _form_page(request, form, hold, status=429)
    draft.keep(request.session)
    return redirect("booking:code")


def _form_page(request: HttpRequest, form: IdentityForm, hold: Hold, status: int = 200) -> HttpResponse:
    context = {"form": form, **held_facts(hold)}
    return render(request, "booking/identity.html", context, status=status)
