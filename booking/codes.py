"""Codes of six digits sent to a phone or an e-mail address: ten minutes, five tries, one use; kept as digests only."""

import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from booking.errors import CodeRefused, TooManyCodes
from booking.models import ContactCode
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.ledger import send_now

LIFE = timedelta(minutes=10)
MOST_ATTEMPTS = 5
MOST_PER_CONTACT = 5  # an hour: enough for a slow network, too few for a mailbox to be flooded
MOST_PER_ADDRESS = 20  # an hour, from one network address: a family, not a robot
HOUR = timedelta(hours=1)


@transaction.atomic
def send_code(contact: str, channel: Literal["sms", "email"], *, now: datetime, address: str = "") -> UUID:
    """Send a new code to an E.164 number or an e-mail address; its id, to be kept in the visitor's session. Raises TooManyCodes."""
    digest = _digest("contact", contact)
    _check_rate(digest, address, now)
    ContactCode.objects.filter(expires_at__lt=now - HOUR).delete()
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = ContactCode(contact_digest=digest, created_at=now, expires_at=now + LIFE)
    row.code_digest = _digest(str(row.id), code)
    row.save(force_insert=True)
    facts = {"code": code, "cabinet": current_cabinet().name, "minutes": LIFE.seconds // 60}
    subject = render_to_string("booking/messages/code_subject.txt", facts).strip()
    text = render_to_string(f"booking/messages/code_{channel}.txt", facts).strip()
    send_now(to=contact, channel=channel, kind="code", subject=subject, text=text, now=now, secret=True)
    return row.id


def check_code(code_id: UUID, typed: str, contact: str, *, now: datetime) -> None:
    """Use up the code if `typed` is it and it went to `contact`. Raises CodeRefused, the try being counted."""
    with transaction.atomic():
        row = ContactCode.objects.select_for_update().filter(pk=code_id, contact_digest=_digest("contact", contact)).first()
        if row is None or row.used_at or row.expires_at <= now or row.attempts >= MOST_ATTEMPTS:
            raise CodeRefused
        digits = "".join(character for character in typed if character.isdigit())
        right = constant_time_compare(row.code_digest, _digest(str(row.id), digits))
        row.used_at = now if right else None
        row.attempts += not right
        row.save(update_fields=["used_at", "attempts"])
    if not right:
        raise CodeRefused(_("Ce code n’est pas le bon. Vérifiez-le.") if row.attempts < MOST_ATTEMPTS else "")


def _check_rate(digest: str, address: str, now: datetime) -> None:
    if not settings.MEDIDESK_RATE_LIMITS:
        return
    if ContactCode.objects.filter(contact_digest=digest, created_at__gt=now - HOUR).count() >= MOST_PER_CONTACT:
        raise TooManyCodes
    if not address:
        return
    key = f"booking-codes-{_digest('address', address)[:32]}"
    cache = caches["default"]
    cache.add(key, 0, timeout=HOUR.seconds)
    if cache.incr(key) > MOST_PER_ADDRESS:
        raise TooManyCodes


def _digest(purpose: str, value: str) -> str:
    return salted_hmac(f"booking.code.{current_cabinet().uuid}.{purpose}", value, algorithm="sha256").hexdigest()
