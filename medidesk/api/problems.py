"""What a refused call gets: application/problem+json (RFC 9457), the same everywhere under /api/."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medidesk.api.fields import Flaw
from medidesk.errors import MediDeskError

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("Demande illisible"),
    401: gettext_lazy("Clé absente ou inconnue"),
    403: gettext_lazy("Droit manquant"),
    404: gettext_lazy("Introuvable"),
    405: gettext_lazy("Méthode non admise"),
    409: gettext_lazy("Conflit avec l’état présent"),
    410: gettext_lazy("N’existe plus"),
    412: gettext_lazy("Version dépassée"),
    413: gettext_lazy("Corps trop long"),
    415: gettext_lazy("Type de contenu non admis"),
    422: gettext_lazy("Refusé par une règle"),
    428: gettext_lazy("If-Match manquant"),
    429: gettext_lazy("Trop de demandes"),
    500: gettext_lazy("Erreur interne"),
    503: gettext_lazy("Momentanément indisponible"),
}
QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


class ApiError(MediDeskError):
    """A refusal by the door itself, before any verb: status, code, and headers to go with it."""

    def __init__(self, status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(message, code=code, **facts)
        self.status = status
        self.headers = headers or {}


class Invalid(ApiError):
    """The request's values are wrong: 400 when one of them is malformed, else 422; the first flaw gives the code."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        first = next((flaw for flaw in flaws if flaw.malformed), flaws[0])
        super().__init__(400 if first.malformed else 422, first.code, first.detail)
        self.flaws = list(flaws)


def problem_body(error: MediDeskError) -> bytes:
    """The problem as JSON."""
    flaws = getattr(error, "flaws", None) or ([Flaw(error.pointer, error.code, error.message)] if error.pointer else [])
    body = {
        "type": QUOTA_EXCEEDED if error.status == 429 else f"/api/v1/#{error.code}",
        "title": str(TITLES.get(error.status, error.status)),
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "errors": [{"pointer": flaw.pointer, "code": flaw.code, "detail": flaw.detail} for flaw in flaws],
    }
    if error.status == 429:
        body["violated-policies"] = error.facts["policies"]
    return orjson.dumps(body)


def problem_headers(error: MediDeskError) -> dict[str, str]:
    """The headers that go with it; a stale caller learns the present version."""
    headers = dict(getattr(error, "headers", {}))
    if error.status == 412 and "current" in error.facts:
        headers["ETag"] = f'"{error.facts["current"]}"'
    return headers


def problem(error: MediDeskError) -> HttpResponse:
    """The whole answer."""
    return HttpResponse(problem_body(error), status=error.status, content_type=MEDIA_TYPE, headers=problem_headers(error))


def not_found() -> ApiError:
    """The same words for what does not exist and for what is another cabinet's."""
    return ApiError(404, "not-found", _("Il n’y a rien à cette adresse."))


def no_such_route(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every address under /api/ that leads nowhere."""
    return problem(not_found())


def broken(request: HttpRequest | None = None) -> HttpResponse:
    """Something failed here; nothing is said of what."""
    return problem(ApiError(500, "internal-error", _("Une erreur est survenue de notre côté ; elle est notée.")))
