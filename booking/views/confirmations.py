"""The code, then the visit booked."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agenda.errors import HoldGone, SlotTaken
from booking.closings import closing_for
from booking.codes import send_code
from booking.errors import NothingHeld, TooManyCodes
from booking.forms import CodeForm, IdentityForm
from booking.holds import held, held_facts, let_go
from booking.identity import book_for
from booking.links import sign_visit
from booking.views.holds import booked, time_gone
from booking.views.proving import is_proved
from booking.visitor import Draft, proved_contact
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.errors import Refused

ALREADY_BOOKED = "patient-already-booked"
CLOSED = "online-booking-closed"


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The page that asks for the code; a wrong one can be corrected, an old one replaced."""
    draft, now = Draft.of(request.session), clock.now()
    if not draft.code:
        shown = request.session.get("shown_visits") if request.method == "POST" else None
        return redirect("booking:visit", token=sign_visit(UUID(shown[-1]))) if shown else redirect("booking:identity")
    if request.method != "POST":
        return _code_page(request, draft, CodeForm(), now)
    form = CodeForm(request.POST)
    if not is_proved(request, form, {"code": draft.code, "contact": draft.contact}, now):
        return _code_page(request, draft, form, now, status=422)
    return finish(request, draft, now)


@public_page
@require_POST
def another_code(request: HttpRequest) -> HttpResponse:
    """A new code to the same contact, or by e-mail when both were given."""
    draft, now = Draft.of(request.session), clock.now()
    if not draft.contact:
        return redirect("booking:identity")
    if request.POST.get("channel") == "email" and draft.typed.get("email"):
        draft.contact, draft.channel = draft.typed["email"].strip(), "email"
    try:
        draft.code = str(send_code(draft.contact, draft.channel, now=now, address=request.META.get("REMOTE_ADDR", "")))
    except TooManyCodes as refusal:
        return _code_page(request, draft, CodeForm(), now, status=refusal.status, notice=refusal.message)
    draft.keep(request.session)
    return redirect("booking:code")


@public_page
@require_POST
def confirm_anyway(request: HttpRequest) -> HttpResponse:
    """The patient already has a visit for that reason: keep both, or replace it."""
    draft, now = Draft.of(request.session), clock.now()
    choice = request.POST.get("existing", "")
    if choice not in ("keep", "replace") or not draft.contact or proved_contact(request.session, now) != draft.contact:
        return redirect("booking:identity")
    return finish(request, draft, now, on_existing=choice)


def finish(request: HttpRequest, draft: Draft, now: datetime, on_existing: str | None = None) -> HttpResponse:
    """Book, and go to the page that is the proof."""
    form = IdentityForm(draft.typed, today=timezone.localdate(now))
    if not form.is_valid():
        return redirect("booking:identity")
    try:
        appointment = book_for(form.identity, held(draft, now=now), known=draft.known, now=now, on_existing=on_existing)
    except NothingHeld:
        return redirect("booking:home")
    except (SlotTaken, HoldGone) as refusal:
        return time_gone(request, draft, refusal, now)
    except Refused as refusal:
        draft.keep(request.session)
        closing = closing_for(form.identity, now) if refusal.code == CLOSED else None
        if closing:
            let_go(draft, now=now)
        context = {
            "refusal": refusal, "already_booked": refusal.code == ALREADY_BOOKED, "closing": closing, "home_query": draft.query
        }  # fmt: skip
        return render(request, "booking/refused.html", context, status=refusal.status)
    return booked(request, appointment)


def _code_page(request: HttpRequest, draft: Draft, form: CodeForm, now: datetime, status: int = 200, notice: str = "") -> HttpResponse:
    try:
        hold = held(draft, now=now)
    except NothingHeld:
        return redirect("booking:home")
    except (SlotTaken, Refused) as refusal:
        return time_gone(request, draft, refusal, now)
    draft.keep(request.session)
    by_email_too = draft.channel == "sms" and bool(draft.typed.get("email"))
    context = {"form": form, "draft": draft, "by_email_too": by_email_too, "notice": notice, **held_facts(hold)}
    return render(request, "booking/code.html", context, status=status)
