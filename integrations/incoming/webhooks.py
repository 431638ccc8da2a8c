"""The door where platforms knock: lean, on the raw bytes, nothing understood before it is stored."""

from datetime import datetime
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.incoming import inbox
from integrations.incoming.senders import Sender, senders_of
from integrations.speaking.registry import connector_of
from medidesk import clock
from medidesk.accounts.permissions import signed_call
from medidesk.api.limits import WEBHOOKS, take_one
from medidesk.api.problems import ApiError

LARGEST_BYTES = 262_144


@signed_call
@csrf_exempt
def receive(request: HttpRequest, platform: str, connection: UUID | None = None) -> HttpResponse:
    """202 stored, 200 known already, 400 unreadable (kept), 401 not signed, 404 no such connection, 405, 413, 429."""
    if request.method != "POST":
        return _answer(405, Allow="POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES:
        return _answer(413)
    now = clock.now()
    known = senders_of(platform, connection, now)
    if not known:
        return _answer(404)
    raw = request.body
    told = ((each.connection, _message(each, request, raw, now)) for each in known)
    sender, message = next(((each, name) for each, name in told if name is not None), (None, ""))
    if sender is None:
        return _answer(401)
    try:
        take_one(sender.id, WEBHOOKS)
    except ApiError as refused:
        return _answer(429, **{"Retry-After": refused.headers["Retry-After"]})
    readable, new = inbox.store(sender, raw, message or inbox.name_of(raw), now)
    return _answer(400) if not readable else _answer(202 if new else 200)


def _message(sender: Sender, request: HttpRequest, raw: bytes, now: datetime) -> str | None:
    """The id under which it was signed with one of the connection's live secrets, or sent unsigned from where the cabinet has allowed it;
    empty where platforms sign none, `None` when it is not from there."""
    kind, allowed = connector_of(sender.connection), sender.connection.unsigned_from
    headers = inbox.headers_of(request.META, kind.signature_headers)
    if allowed and not headers[kind.signature_headers[0]]:
        is_from = _is_allowed(request.META.get("REMOTE_ADDR", ""), allowed)
    else:
        is_from = kind.is_signed(raw, headers, sender.keys(), now)
    return headers.get("webhook-id", "") if is_from else None


def _is_allowed(address: str, networks: list[str]) -> bool:
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def _answer(status: int, **headers: str) -> HttpResponse:
    return HttpResponse(b'{"status": %d}' % status, status=status, content_type="application/json", headers=headers)
