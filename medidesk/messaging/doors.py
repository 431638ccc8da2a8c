"""Where SMS providers knock: a small form or JSON `{from, text, id, at}`, signed over its raw bytes."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.messaging.incoming import is_signed, store_sms

LARGEST_BYTES = 16_384


@public_page
@csrf_exempt
def receive_sms(request: HttpRequest) -> HttpResponse:
    """202 stored, 200 known already, 400 unreadable, 401 not signed (header `X-Signature-256`), 405, 413."""
    if request.method != "POST":
        return _answer(405, Allow="POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES:
        return _answer(413)
    raw = request.body
    if not is_signed(raw, request.headers.get("X-Signature-256", "")):
        return _answer(401)
    values, now = _values(raw, request.content_type or ""), clock.now()
    if values is None:
        return _answer(400)
    key = str(values.get("id") or "") or f"sha256:{hashlib.sha256(raw).hexdigest()}"
    new = store_sms(message_id=key, sender=values["from"], text=values["text"], sent_at=_instant(values.get("at")) or now, now=now)
    return _answer(202 if new else 200)


def _values(raw: bytes, content_type: str) -> dict[str, Any] | None:
    """The fields, from JSON or a form; None when who sent what cannot be told."""
    values: Any
    try:
        values = orjson.loads(raw) if "json" in content_type else QueryDict(raw, encoding="utf-8").dict()
    except (orjson.JSONDecodeError, UnicodeDecodeError, ValueError):
        return None
    fine = isinstance(values, dict) and all(isinstance(values.get(name), str) and "\0" not in values[name] for name in ("from", "text"))
    return values if fine and values["from"].strip() else None


def _instant(text: Any) -> datetime | None:
    """RFC 3339, or seconds since the epoch; None for anything else."""
    try:
        if str(text).isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(str(text))
        return found if found.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def _answer(status: int, **headers: str) -> HttpResponse:
    return JsonResponse({"status": status}, status=status, headers=headers)
