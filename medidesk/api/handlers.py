"""What Django itself refuses, told as problems under /api/ and as pages elsewhere."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from medidesk.api import problems

PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or headers that Django does not trust."""
    error = problems.ApiError(400, "malformed", _("Cette demande est illisible."))
    return _told(request, lambda: problems.problem(error), lambda: defaults.bad_request(request, exception))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    error = problems.ApiError(403, "forbidden", _("Cette demande n’est pas permise."))
    return _told(request, lambda: problems.problem(error), lambda: defaults.permission_denied(request, exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _told(request, lambda: problems.no_such_route(request), lambda: defaults.page_not_found(request, exception))


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _told(request, lambda: problems.broken(request), lambda: defaults.server_error(request))


def not_open(*, closed: bool) -> HttpResponse:
    """410 for a closed cabinet, 503 for a suspended one."""
    if closed:
        return problems.problem(problems.ApiError(410, "cabinet-closed", _("Ce cabinet est fermé.")))
    headers = {"Retry-After": "3600"}
    return problems.problem(problems.ApiError(503, "cabinet-suspended", _("Ce cabinet est suspendu."), headers=headers))


def _told(request: HttpRequest, as_problem: Callable[[], HttpResponse], as_page: Callable[[], HttpResponse]) -> HttpResponse:
    return as_problem() if request.path.startswith(PREFIX) else as_page()
