"""What a call brings: its query, its JSON body, its If-Match and Idempotency-Key."""

import re
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.translation import gettext as _

from medidesk.api.fields import Field, Flaw, Flawed, Record, read_into
from medidesk.api.problems import ApiError, Invalid
from medidesk.errors import Stale

_JSON_TYPE = re.compile(r"application/(json|merge-patch\+json)\s*(;.*)?", re.IGNORECASE)
_ETAGS = re.compile(r'(W/)?"([^"]*)"')


def read_json(request: HttpRequest) -> Any:
    """The body as JSON. Raises 415 for another media type, 413 when too long, 400 when unreadable."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise ApiError(413, "too-long", _("Ce corps est trop long.")) from None
    if (body or request.content_type) and not _JSON_TYPE.fullmatch(request.META.get("CONTENT_TYPE", "")):
        raise ApiError(415, "json-expected", _("Envoyez du JSON : Content-Type: application/json."))
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ApiError(400, "unreadable-json", _("Ce JSON est illisible.")) from None


def read_body(record: Record, data: Any) -> dict[str, Any]:
    """The fields of the body; raises Invalid with every flaw at once."""
    if not isinstance(data, dict):
        raise ApiError(400, "wrong-type", _("Un objet JSON est attendu."))
    try:
        return record.read(data)
    except Flawed as error:
        raise Invalid(error.flaws) from None


def read_query(fields: tuple[Field, ...], request: HttpRequest) -> dict[str, Any]:
    """The parameters that the operation knows (repeats are joined by commas); others are ignored. Raises Invalid."""
    flaws: list[Flaw] = []
    read: dict[str, Any] = {}
    given = dict(request.GET.lists())
    for one in fields:
        text = ",".join(filter(None, given[one.name])) if one.name in given else ""
        if not text:
            if one.required:
                flaws.append(Flaw(f"/{one.name}", "required", _("Ce paramètre est obligatoire.")))
            else:
                read[one.name] = one.default
        elif "\0" in text:
            flaws.append(Flaw(f"/{one.name}", "wrong-type", _("Ce paramètre contient un caractère interdit."), malformed=True))
        else:
            read[one.name] = read_into(flaws, f"/{one.name}", one.kind.read_text, text)
    if flaws:
        raise Invalid(flaws)
    return read


def expected_version(request: HttpRequest, current: int, *, needed: bool) -> int | None:
    """The version that If-Match names, checked against the `current` one. Raises 428 when needed and absent, Stale when another."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if not header:
        if needed:
            raise ApiError(428, "if-match-needed", _("Envoyez If-Match avec l’ETag lu."))
        return None
    strong = {tag for weak, tag in _ETAGS.findall(header) if not weak}
    if header != "*" and str(current) not in strong:
        raise Stale(_("Cette ressource a changé entre-temps."), current=current)
    return current


def idempotency_key(request: HttpRequest) -> str | None:
    """The Idempotency-Key, with or without its quotes. Raises 400 when it is empty, 422 when longer than 255 characters."""
    header = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not key or "\0" in key:
        raise ApiError(400, "idempotency-key-not-valid", _("Cet Idempotency-Key est illisible."))
    if len(key) > 255:
        raise ApiError(422, "idempotency-key-too-long", _("Un Idempotency-Key a au plus 255 caractères."))
    return key


def fingerprint(data: Any) -> bytes:
    """The same bytes for equal JSON values, whatever the order of members and the writing of numbers."""
    return orjson.dumps(_plain(data), option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
