"""The pages that the law asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medidesk.accounts.permissions import public_page


@public_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (RGAA 4.1)."""
    return render(request, "booking/accessibility.html")


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is done with personal data."""
    return render(request, "booking/privacy.html")


@public_page
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes this site."""
    return render(request, "booking/legal.html")
