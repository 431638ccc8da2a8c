"""The short address of an offer: a token that nobody can guess, bound to the cabinet; only its digest is kept."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from uuid import UUID

from django.utils.crypto import salted_hmac

from medidesk.cabinets.current import current_cabinet

TOKEN_BYTES = 12  # 96 bits: sixteen characters, and an address that leaves room in an SMS

_builders: list[Callable[[str], str]] = []


def register_offer_address(builder: Callable[[str], str]) -> None:
    """Let `builder(token)` write the absolute address of an offer's page; the last one registered is asked."""
    _builders.append(builder)


def token_of(offer_id: UUID) -> str:
    """The token of an offer of the entered cabinet."""
    salt = f"agenda.waiting-offer.{current_cabinet().uuid}"
    return urlsafe_b64encode(salted_hmac(salt, offer_id.hex, algorithm="sha256").digest()[:TOKEN_BYTES]).decode()


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_to_offer(offer_id: UUID) -> str:
    """The address of the offer's page; empty when nobody serves patients."""
    return _builders[-1](token_of(offer_id)) if _builders else ""
