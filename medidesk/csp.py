"""What a page may load: the strict policy, the events' address of the page's own host, and the operators' back office apart."""

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# The back office's widgets evaluate expressions and write styles; it is on the public host only and shows no record.
BACK_OFFICE = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


def events_origin(request: HttpRequest) -> str:
    """Return where this page's events stream from, without a slash at the end; empty when it is the same origin."""
    host = request.get_host().rsplit(":", 1)[0]
    return str(settings.MEDIDESK_EVENTS_URL).replace("{host}", host).rstrip("/")


# What is read by programs loads nothing; working the page policy out for each answer would cost a tenth of a call.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
DATA_TYPES = ("application/json", "application/problem+json")


class PolicyMiddleware(CSPMiddleware):
    """Writes the policy's header."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header: the shortest one to data, the page policy to the rest."""
        if response.get("Content-Type", "").startswith(DATA_TYPES):
            response["Content-Security-Policy"] = DATA_POLICY
            return response
        return super().process_response(request, response)

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> PolicyParts:
        """Return the policy of this answer."""
        parts = super().get_policy_parts(request, response, report_only)
        if getattr(request, "cabinet", None) is None:
            if request.path.startswith("/operateurs/"):
                parts.replace = {**BACK_OFFICE, **(parts.replace or {})}
            return parts
        origin = events_origin(request)
        update: dict[str, Any] = dict(parts.update or {})
        if origin:
            update["connect-src"] = [*update.get("connect-src", []), origin]
        parts.update = update or None
        return parts
