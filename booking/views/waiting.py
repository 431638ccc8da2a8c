"""« Prévenez-moi »: the waiting list on the cabinet's site, and the page of a time that was freed."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agenda.models import WaitingOffer
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.errors import AlreadyWaiting, OfferGone
from agenda.waiting_list.forms import WishForm
from booking.codes import send_code
from booking.errors import LinkNotValid, TooManyCodes
from booking.forms import CodeForm, IdentityForm
from booking.links import sign_visit
from booking.views.proving import is_proved
from booking.views.visits import visit_at, visit_context
from booking.visitor import proved_contact
from booking.waiting import (
    may_wait_for_earlier,
    offer_of,
    practitioners_online,
    reasons_to_wait_for,
    stop_waiting,
    wait_for,
    wait_for_earlier,
    waiting_for_earlier,
)
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Conflicting, MediDeskError, Refused

KEY = "waiting"
LISTS = ("praticiens", "jours", "moments")


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """What suits, who it is; then the code."""
    now = clock.now()
    if request.method != "POST":
        chosen = {"motif": request.GET.get("motif", ""), "praticiens": [one for one in [request.GET.get("praticien", "")] if one]}
        return _form_page(request, _wish_form(initial=chosen), IdentityForm(today=timezone.localdate(now)))
    typed = _typed(request)
    wish, identity = _wish_form(typed), IdentityForm(typed, today=timezone.localdate(now))
    if not (wish.is_valid() & identity.is_valid()):
        return _form_page(request, wish, identity, status=422)
    contact, channel = identity.identity.contact
    request.session[KEY] = {"typed": typed, "contact": contact, "channel": channel, "code": ""}
    if proved_contact(request.session, now) == contact:
        return _finish(request)
    try:
        code_id = send_code(contact, channel, now=now, address=request.META.get("REMOTE_ADDR", ""))
    except TooManyCodes as refusal:
        identity.add_error(None, refusal.message)
        return _form_page(request, wish, identity, status=refusal.status)
    request.session[KEY] = {**request.session[KEY], "code": str(code_id)}
    return redirect("booking:waiting_code")


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code received."""
    draft, now = request.session.get(KEY), clock.now()
    if not draft or not draft["code"]:
        return redirect("booking:waiting")
    form = CodeForm(request.POST or None)
    if is_proved(request, form, draft, now):
        return _finish(request)
    return render(request, "booking/waiting_code.html", {"form": form, "draft": draft}, status=422 if form.is_bound else 200)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def earlier(request: HttpRequest, token: str) -> HttpResponse:
    """« Je veux plus tôt », for a visit that is booked; and changing one's mind."""
    visit, now = visit_at(token), clock.now()
    standing = waiting_for_earlier(visit)
    if request.method == "POST" and "arreter" in request.POST:
        if standing is not None:
            stop_waiting(standing, now=now)
        return redirect("booking:visit", token=token)
    context = {**visit_context(request, visit, token, now), "standing": standing}
    if not may_wait_for_earlier(visit, now):
        return render(request, "booking/too_late.html", context)
    form = WishForm(_typed(request) if request.method == "POST" else None, reasons=None, practitioners=practitioners_online())
    if request.method != "POST" or not form.is_valid():
        return render(request, "booking/earlier.html", {**context, "form": form}, status=422 if form.is_bound else 200)
    try:
        wait_for_earlier(visit, form.wish, now=now)
    except (Refused, Conflicting) as refusal:
        form.add_error(None, forms.ValidationError(refusal.message))
        return render(request, "booking/earlier.html", {**context, "form": form}, status=refusal.status)
    return redirect("booking:earlier", token=token)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """A time that was freed, held until the answer: nothing is decided by looking, only by a button."""
    try:
        found = offer_of(token)
    except LinkNotValid:
        raise Http404 from None
    now, said, status = clock.now(), request.POST.get("reponse", ""), 200
    try:
        if said == "oui":
            return redirect("booking:visit", token=sign_visit(accept(found.id, now=now).id))
        if said == "non":
            found = decline(found.id, now=now)
    except OfferGone:
        found, status = offer_of(token), 409
    if found.state == WaitingOffer.State.ACCEPTED and found.entry.booked_id:
        return redirect("booking:visit", token=sign_visit(found.entry.booked_id))
    is_open = found.state == WaitingOffer.State.OPEN and now < found.answer_by
    context = {"offer": found, "is_open": is_open, "declined": found.state == WaitingOffer.State.DECLINED, "token": token}
    return render(request, "booking/offer.html", context, status=status)


def _finish(request: HttpRequest) -> HttpResponse:
    """On the list; typed again when what was typed is refused."""
    now, typed = clock.now(), request.session[KEY]["typed"]
    wish, identity = _wish_form(typed), IdentityForm(typed, today=timezone.localdate(now))
    if not (wish.is_valid() & identity.is_valid()):
        return redirect("booking:waiting")
    refusal: MediDeskError | None = None
    try:
        wait_for(identity.identity, wish.wish, now=now)
    except AlreadyWaiting as known:
        refusal = known
    except (Refused, Conflicting) as other:
        wish.add_error(None, forms.ValidationError(other.message))
        return _form_page(request, wish, identity, status=other.status)
    channel, contact = request.session[KEY]["channel"], request.session[KEY]["contact"]
    del request.session[KEY]
    return render(request, "booking/waiting_done.html", {"channel": channel, "contact": contact, "refusal": refusal})


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed, as the session can keep it."""
    names = [*IdentityForm.base_fields, *WishForm.base_fields]
    single = {name: request.POST.get(name, "")[:500] for name in names if name not in LISTS}
    return single | {name: request.POST.getlist(name)[:20] for name in LISTS}


def _wish_form(*args: Any, **kwargs: Any) -> WishForm:
    return WishForm(*args, reasons=reasons_to_wait_for(), practitioners=practitioners_online(), **kwargs)


def _form_page(request: HttpRequest, wish: WishForm, identity: IdentityForm, status: int = 200) -> HttpResponse:
    errors = [*wish.errors, *identity.errors]
    return render(request, "booking/waiting.html", {"wish": wish, "form": identity, "errors": errors}, status=status)
