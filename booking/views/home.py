"""The cabinet's page: who works here, how to come, and the times to book."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from booking.models import PracticalNote
from booking.page import booking_page
from booking.team import team_on
from medidesk import clock
from medidesk.accounts.permissions import public_page


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Choices in the address, times below; works without scripts."""
    page = booking_page(request.GET, now=clock.now())
    notes = {kind: [note for note in PracticalNote.objects.all() if note.kind == kind] for kind in PracticalNote.Kind.values}
    return render(request, "booking/home.html", {"page": page, "notes": notes, "team": team_on(clock.now())})
