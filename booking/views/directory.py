"""The first page of the public host."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from booking.directory import search_cabinets
from medidesk.accounts.permissions import public_page


@public_page
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """The cabinets, searched by name or town."""
    text = request.GET.get("q", "")[:100]
    _, _, port = request.get_host().partition(":")
    context = {"text": text, "found": search_cabinets(text), "port": f":{port}" if port else ""}
    return render(request, "booking/directory.html", context)
