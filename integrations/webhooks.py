"""The door where platforms knock: lean, on the raw bytes, nothing understood before it is stored."""

from ipaddress import ip_address, ip_network
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations import inbox
from integrations.going_live import live_secrets
from integrations.models import Connection, Mode
from integrations.signatures import is_signed
from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.api.limits import WEBHOOKS, take_one
from medidesk.api.problems import ApiError

LARGEST_BYTES = 262_144


@public_page
@csrf_exempt
def receive(request: HttpRequest, platform: str, connection: UUID | None = None) -> HttpResponse:
    """202 stored, 200 known already, 400 unreadable (kept), 401 not signed, 404 no such connection, 405, 413, 429."""
    if request.method != "POST":
        return _answer(405, Allow="POST")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES:
        return _answer(413)
    candidates = Connection.objects.filter(platform=platform).exclude(mode=Mode.OFF)
    known = list(candidates.filter(pk=connection) if connection else candidates)
    if not known:
        return _answer(404)
    raw = request.body
    sender = next((each for each in known if _is_from(each, request, raw)), None)
    if sender is None:
        return _answer(401)
    try:
        take_one(sender.id, WEBHOOKS)
    except ApiError as refused:
        return _answer(429, **{"Retry-After": refused.headers["Retry-After"]})
    readable, new = inbox.store(sender, raw, request.META.get("HTTP_WEBHOOK_ID") or inbox.name_of(raw), clock.now())
    return _answer(400) if not readable else _answer(202 if new else 200)


def _is_from(connection: Connection, request: HttpRequest, raw: bytes) -> bool:
    """Signed with one of the connection's live secrets, or unsigned from where the cabinet has allowed it."""
    headers = inbox.headers_of(request.META)
    if connection.unsigned_from and not headers["webhook-signature"]:
        return _is_allowed(request.META.get("REMOTE_ADDR", ""), connection.unsigned_from)
    now = clock.now()
    return is_signed(raw, headers, [secret.value for secret in live_secrets(connection.id, now)], now)


def _is_allowed(address: str, networks: list[str]) -> bool:
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def _answer(status: int, **headers: str) -> HttpResponse:
    return JsonResponse({"status": status}, status=status, headers=headers)
