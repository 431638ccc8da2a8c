"""Webhooks that are signed by a MAC of their body in a header, each platform with names of its own."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

from integrations.generic_rest.description import Signature
from integrations.speaking.signatures import is_fresh

SHORTEST_SECRET = 16


def is_signed_by_mac(raw: bytes, headers: Mapping[str, str], scheme: Signature, live_secrets: Iterable[str], now: datetime) -> bool:
    """Did somebody who knows one of the secrets sign these bytes, and where the platform says when, within five minutes of now?"""
    given = headers.get(scheme.header.lower(), "")
    signed = raw
    if scheme.timestamp:
        stamp = headers.get(scheme.timestamp.lower(), "")
        if not is_fresh(stamp, now):
            return False
        signed = f"{stamp}.".encode() + raw
    if not given.startswith(scheme.prefix) or not given:
        return False
    offered = given.removeprefix(scheme.prefix).encode()
    return any(hmac.compare_digest(offered, _mac(secret, signed, scheme.encoding)) for secret in live_secrets if secret)


def _mac(secret: str, signed: bytes, encoding: str) -> bytes:
    mac = hmac.new(secret.encode(), signed, hashlib.sha256)
    return base64.b64encode(mac.digest()) if encoding == "base64" else mac.hexdigest().encode()
