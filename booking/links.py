"""Signed links to one visit: no account needed, worth nothing in another cabinet."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from django.core.signing import BadSignature, Signer

from booking.errors import LinkNotValid
from medidesk.cabinets.current import current_cabinet


def sign_visit(appointment_id: UUID) -> str:
    """The token of the visit's address, bound to the current cabinet."""
    return _signer().sign(urlsafe_b64encode(appointment_id.bytes).decode().rstrip("="))


def visit_of(token: str) -> UUID:
    """The id that `sign_visit` signed in this cabinet. Raises LinkNotValid."""
    try:
        return UUID(bytes=urlsafe_b64decode(_signer().unsign(token) + "=="))
    except (BadSignature, ValueError, Error):
        raise LinkNotValid from None


def _signer() -> Signer:
    return Signer(salt=f"booking.visit.{current_cabinet().uuid}", sep=".")
