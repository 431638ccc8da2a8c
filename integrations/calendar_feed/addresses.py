"""Making and revoking the addresses of subscribed calendars."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agenda.models import Practitioner
from integrations.calendar_feed.models import CalendarFeed, Level
from medidesk.accounts.models import User
from medidesk.errors import NotFound, Refused

TOKEN_BYTES = 32  # 256 bits: nobody guesses it, and a fast digest is safe for so much chance
MOST_DEVICES = 10


def digest_of(token: str) -> str:
    """What is stored instead of the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_feed(*, user: User, device: str, level: str = Level.BUSY, now: datetime) -> tuple[CalendarFeed, str]:
    """A new address for one more device of a practitioner: the row, and the token, which can never be read again.

    Raises Refused `no-own-agenda`, `device-needed`, `device-known`, `too-many-devices`.
    """
    practitioner = Practitioner.objects.filter(user=user, deleted_at=None).first()
    if practitioner is None:
        raise Refused(_("Seul un praticien a un agenda à lui."), code="no-own-agenda")
    name = " ".join(device.split())[:60]
    if not name:
        raise Refused(_("Donnez un nom à cet appareil."), code="device-needed", pointer="/device")
    if len(feeds_of(user)) >= MOST_DEVICES:
        raise Refused(_("Dix appareils sont reliés : coupez-en un d’abord."), code="too-many-devices")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"user": user, "practitioner": practitioner, "device": name, "level": Level(level), "digest": digest_of(token)}
    try:
        with transaction.atomic():
            return CalendarFeed.objects.create(**values, created_at=now), token
    except IntegrityError as problem:
        text = _("« %(name)s » a déjà son adresse. Coupez-la, ou choisissez un autre nom.") % {"name": name}
        raise Refused(text, code="device-known", pointer="/device") from problem


def revoke_feed(feed_id: UUID, *, user: User, now: datetime) -> CalendarFeed:
    """The address opens nothing any more, from the next request. Raises NotFound for another's, or one that has ended."""
    feed = CalendarFeed.objects.filter(pk=feed_id, user=user, revoked_at=None).first()
    if feed is None or not CalendarFeed.objects.filter(pk=feed_id, revoked_at=None).update(revoked_at=now):
        raise NotFound(_("Cette adresse est déjà coupée."))
    return feed


def feeds_of(user: User) -> list[CalendarFeed]:
    """The addresses in use of this person."""
    return list(CalendarFeed.objects.filter(user=user, revoked_at=None))
