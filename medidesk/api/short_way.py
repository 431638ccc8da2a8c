"""The short way to a door of the API: a call that brings a key, or a signature, needs nothing of what pages need.

Left out are the session, who is signed in, their messages, forged forms (no cookie is read) and the choice of a language: half of what a
call costs before its door. The host's cabinet, transport security, the policy and compression come before and hold for both ways; the
guard of the routes would let such a call pass, for the door itself asks for the key (medidesk/api/doors.py).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, URLResolver, get_resolver

from medidesk.accounts.permissions import access_of
from medidesk.api.doors import Door
from medidesk.api.handlers import PREFIX

# More routes than there are without an id in them.
MOST_KEPT = 1_000


class ShortWayMiddleware:
    """Answers calls to doors; whatever else comes goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a call with a key or a signature at its door."""
        match = _door(request) if request.path.startswith(PREFIX) else None
        if match is None:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if not response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _resolved(resolver: URLResolver, path: str) -> ResolverMatch | None:
    """What Django's resolver says. It tries one route after the other: the answer to a path without ids is kept with it, as it is."""
    kept: dict[str, ResolverMatch] = resolver.__dict__.setdefault("medidesk_matches", {})
    if (match := kept.get(path)) is None:
        try:
            match = resolver.resolve(path)
        except Resolver404:
            return None
        if not match.kwargs and not match.args and len(kept) < MOST_KEPT:
            kept[path] = match
    return match


def _door(request: HttpRequest) -> ResolverMatch | None:
    """The door that the path names; None for a path that names nothing, a page, or what asks for more than was brought."""
    match = _resolved(get_resolver(getattr(request, "urlconf", None)), request.path_info)
    if match is None:
        return None
    access = access_of(match.func)
    if access is None:
        return None
    has_key = "HTTP_AUTHORIZATION" in request.META and isinstance(getattr(match.func, "door", None), Door)
    return match if access.signed or (has_key and access.scopes) else None
