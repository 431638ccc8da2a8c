"""A session names its cabinet; one that names another, or none, is worth nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CABINET_KEY = "cabinet"
PUBLIC = "public"  # what a session of the public host names


def name_of(request: HttpRequest) -> str:
    """Return what a session of this request's host must name."""
    cabinet = getattr(request, "cabinet", None)
    return str(cabinet.uuid) if cabinet else PUBLIC


class CabinetSessionMiddleware:
    """Checks the session that a request brings, names the one that it leaves with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Flush a stranger's session before anybody reads it."""
        session = request.session
        if session.session_key and not session.is_empty() and session.get(CABINET_KEY) != name_of(request):
            session.flush()
        response = self.get_response(request)
        if request.session.modified and not request.session.is_empty():
            request.session[CABINET_KEY] = name_of(request)
        return response
