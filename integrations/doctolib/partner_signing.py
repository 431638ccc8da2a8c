"""How the partner protocol has its calls signed (APIAuth): the body's digest, the date, and a MAC of the whole call."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx


def content_md5(body: bytes) -> str:
    """Base64 of the MD5 of a body (RFC 1864), an empty one included. It detects damage; the MAC is what keeps others out."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def authorization(access_key: str, secret: str, *said: str) -> str:
    """The header's value; `said` are the method, the media type, the body's digest, the path with its query, and the date."""
    mac = hmac.new(secret.encode(), ",".join(said).encode(), hashlib.sha1).digest()
    return f"APIAuth {access_key}:{base64.b64encode(mac).decode()}"


def sign(request: httpx.Request, access_key: str, secret: str, now: datetime) -> None:
    """Date and sign a request that is ready to leave."""
    date, digest = format_datetime(now.astimezone(UTC), usegmt=True), content_md5(request.content)
    request.headers["Date"], request.headers["Content-MD5"] = date, digest
    said = (request.method, request.headers.get("Content-Type", ""), digest, request.url.raw_path.decode("ascii"), date)
    request.headers["Authorization"] = authorization(access_key, secret, *said)
