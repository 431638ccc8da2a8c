"""Standard Webhooks 1.0 on the raw bytes: id, timestamp and body under a shared secret (https://www.standardwebhooks.com)."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from standardwebhooks.webhooks import hmac_data

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
SECRET_BYTES = 32
LONGEST_STAMP = 12  # digits: enough for thousands of years, and no number that arithmetic refuses


def new_secret() -> str:
    """A fresh `whsec_…`."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Is this `whsec_` and base64?"""
    return text.startswith(PREFIX) and bool(_key(text))


def is_signed(raw: bytes, headers: Mapping[str, str], live_secrets: Iterable[str], now: datetime) -> bool:
    """Did somebody who knows one of the secrets sign these bytes, within five minutes of now? `headers` in lower case."""
    message, stamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not message or not is_fresh(stamp, now):
        return False
    signed = f"{message}.{stamp}.".encode() + raw
    offered = [signature for version, _comma, signature in (each.partition(",") for each in given.split(" ")) if version == "v1"]
    expected = [base64.b64encode(hmac_data(key, signed)) for key in map(_key, live_secrets) if key]
    return any(hmac.compare_digest(one.encode(), other) for one in offered for other in expected)


def is_fresh(stamp: str, now: datetime) -> bool:
    """Is this a number of seconds since 1970 within five minutes of now?"""
    is_number = len(stamp) <= LONGEST_STAMP and stamp.isascii() and stamp.isdigit()
    return is_number and abs(now.timestamp() - int(stamp)) <= TOLERANCE_SECONDS


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX) + "==", validate=False)
    except (binascii.Error, ValueError):
        return b""
