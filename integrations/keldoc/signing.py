"""How Keldoc wants its calls signed: the access key, and a MAC of the date and the media type under the account's secret."""

import base64
import hashlib
import hmac
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

PARIS = ZoneInfo("Europe/Paris")
# Keldoc compares what its own client sends, and that client keeps nothing but these.
LEFT_OUT = re.compile(r"[^A-Za-z0-9=: ]")


def authorization(access_key: str, secret: str, date: str, content_type: str) -> str:
    """The header's value."""
    mac = hmac.new(secret.encode(), f"{date},{content_type}".encode(), hashlib.sha256).digest()
    return LEFT_OUT.sub("", f"Bearer {access_key}:{base64.b64encode(mac).decode()}")


def sign(request: httpx.Request, access_key: str, secret: str, now: datetime) -> None:
    """Date and sign a request that is ready to leave."""
    date = now.astimezone(PARIS).isoformat(timespec="seconds")
    request.headers["Date"] = date
    request.headers["Authorization"] = authorization(access_key, secret, date, request.headers.get("Content-Type", ""))
