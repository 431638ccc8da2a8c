"""Who may go on: asked once, before any view, from what the route declares."""

from collections.abc import Callable
from typing import Any

from allauth.core.ratelimit import respond_429
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from medidesk.accounts.flood import is_flooding
from medidesk.accounts.models import User
from medidesk.accounts.permissions import access_of
from medidesk.accounts.routes import Route

SECOND_FACTOR_KEY = "has-second-factor"  # in the session: asked of the database once


class AccessMiddleware:
    """Applies what the view declares: a stranger gets 404, an anonymous visitor is led to sign in, staff to set up their second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page made for somebody signed in is kept by no cache."""
        response = self.get_response(request)
        signed_in = getattr(request, "_cached_user", None)
        if signed_in is not None and signed_in.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """Stop who may not go on."""
        access = access_of(view)
        if access is None:
            if Route(request.path.lstrip("/"), view, None).is_library:
                return respond_429(request) if is_flooding(request) else None
            raise Http404
        if access.public or (access.scopes and (not access.roles or "Authorization" in request.headers)):
            return None  # the API's own door asks for the key
        user = request.user
        if not user.is_authenticated:
            return ask_to_sign_in(request)
        if not isinstance(user, User) or not user.has_role(*access.roles):
            raise Http404
        return None if has_second_factor(request, user) else redirect("mfa_activate_totp")


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead a page to the sign-in form, answer 401 to a script."""
    login = redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    if request.headers.get("HX-Request") or "text/html" not in request.headers.get("Accept", "text/html,*/*"):
        return HttpResponse(status=401, headers={"HX-Redirect": login.url})
    return login


def has_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether nothing more is asked of this person: patients are not asked, staff need one once the setting says so."""
    if not settings.MEDIDESK_REQUIRE_MFA or not user.works_here:
        return True
    if not request.session.get(SECOND_FACTOR_KEY):
        if not is_mfa_enabled(user):
            return False
        request.session[SECOND_FACTOR_KEY] = True
    return True
