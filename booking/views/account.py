"""« Mes rendez-vous »: no account, a code to the phone or the address given when booking."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from booking.closings import closings_of
from booking.codes import send_code
from booking.errors import TooManyCodes
from booking.forms import CodeForm, ContactForm
from booking.views.proving import is_proved
from booking.visitor import proved_contact, show_visit
from booking.visits import contact_is_known, visits_of
from medidesk import clock
from medidesk.accounts.permissions import public_page

ASKED = "visits_contact"


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visits(request: HttpRequest) -> HttpResponse:
    """The list, once the contact is proved; before that, the form that asks for it."""
    now = clock.now()
    contact = proved_contact(request.session, now)
    if contact and request.method != "POST":
        coming, past = visits_of(contact, now)
        for listed in [*past, *coming]:
            show_visit(request.session, listed.appointment.id)
        context = {"contact": contact, "coming": coming, "past": past, "closings": closings_of(contact, now)}
        return render(request, "booking/visits.html", context)
    form = ContactForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "booking/visits_contact.html", {"form": form}, status=422 if form.is_bound else 200)
    asked = form.cleaned_data["contact"]
    code_id = uuid4()  # an unknown contact gets the same page, and a code that nobody has
    if contact_is_known(asked):
        try:
            code_id = send_code(asked, "email" if "@" in asked else "sms", now=now, address=request.META.get("REMOTE_ADDR", ""))
        except TooManyCodes as refusal:
            form.add_error("contact", refusal.message)
            return render(request, "booking/visits_contact.html", {"form": form}, status=refusal.status)
    request.session[ASKED] = {"contact": asked, "code": str(code_id)}
    return redirect("booking:visits_code")


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code received."""
    asked, now = request.session.get(ASKED), clock.now()
    if not asked:
        return redirect("booking:visits")
    form = CodeForm(request.POST or None)
    if is_proved(request, form, asked, now):
        del request.session[ASKED]
        return redirect("booking:visits")
    return render(request, "booking/visits_code.html", {"form": form, "asked": asked}, status=422 if form.is_bound else 200)


@public_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget this visitor: nothing of theirs stays behind on a shared computer."""
    request.session.flush()
    response = redirect("booking:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
