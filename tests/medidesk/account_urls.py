"""The account pages and one page of the desk."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from medidesk.accounts.models import STAFF_ROLES
from medidesk.accounts.permissions import allow


@allow(*STAFF_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """A page for the staff."""
    return HttpResponse("lu")


urlpatterns = [path("desk", desk), path("compte/", include("medidesk.accounts.urls"))]
