"""Signed links to one visit: no account needed, worth nothing in another cabinet."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from agenda.models import Appointment
from booking.errors import LinkNotValid
from medidesk.cabinets.current import current_cabinet

ID_BYTES = 16
SIGNATURE_BYTES = 16  # of the 32 of the digest: 128 bits, and an address that leaves room in an SMS


def sign_visit(appointment_id: UUID) -> str:
    """The token of the visit's address, bound to the current cabinet: 43 characters."""
    return urlsafe_b64encode(appointment_id.bytes + _signature(appointment_id)).decode().rstrip("=")


def visit_of(token: str) -> UUID:
    """The id that `sign_visit` signed in this cabinet. Raises LinkNotValid."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        appointment_id = UUID(bytes=raw[:ID_BYTES])
    except (ValueError, Error):
        raise LinkNotValid from None
    if not constant_time_compare(sign_visit(appointment_id), token):
        raise LinkNotValid
    return appointment_id


def address_of_visit(appointment: Appointment) -> str:
    """The absolute address of the visit's page, on the cabinet's main host name; empty when it has none."""
    return _absolute("booking:visit", sign_visit(appointment.id))


def address_of_offer(token: str) -> str:
    """The absolute address of the page of a freed time, likewise."""
    return _absolute("booking:offer", token)


def _absolute(page: str, token: str) -> str:
    host = current_cabinet().primary_host
    if not host:
        return ""
    origin = f"https://{host}" if settings.SECURE else f"http://{host}:{settings.MEDIDESK_PORT}"
    return origin + reverse(page, args=[token], urlconf=settings.ROOT_URLCONF)


def _signature(appointment_id: UUID) -> bytes:
    salt = f"booking.visit.{current_cabinet().uuid}"
    return salted_hmac(salt, appointment_id.hex, algorithm="sha256").digest()[:SIGNATURE_BYTES]
