"""The account pages that are ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from medidesk.accounts.adapter import home_of
from medidesk.accounts.models import STAFF_ROLES, Role
from medidesk.accounts.permissions import allow


@allow(*STAFF_ROLES, Role.PATIENT)
def home(request: HttpRequest) -> HttpResponse:
    """To each their own first page."""
    return redirect(home_of(request.user))
