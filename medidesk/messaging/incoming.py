"""SMS that come in: stored first, then shown to those who listen, else kept for people. Nothing is dropped, nothing is done twice."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from medidesk.cabinets.current import current_cabinet
from medidesk.due.bell import ring
from medidesk.due.models import DuePointer
from medidesk.due.pointers import point, unpoint
from medidesk.messaging.apps import INCOMING as WORK
from medidesk.messaging.models import IncomingMessage

SIGNATURE_PREFIX = "sha256="
LONGEST_TEXT = 2_000
# A listener that stumbled is asked once more after this; then people read the message.
SECOND_TRY = timedelta(minutes=1)

# Answers what it made of the message in a word, or None when it is not for it. Called in a transaction with the message locked.
Listener = Callable[[IncomingMessage, datetime], str | None]

_listeners: list[Listener] = []
log = structlog.get_logger(__name__)


def register_listener(listener: Listener) -> None:
    """Show every SMS that comes in to `listener`, in the order of registration, until one understands it."""
    _listeners.append(listener)


def incoming_secret() -> str:
    """The secret with which the entered cabinet's provider signs: derived, so that it is worth nothing in another cabinet."""
    return salted_hmac("messaging.incoming", str(current_cabinet().uuid), algorithm="sha256").hexdigest()


def is_signed(raw: bytes, signature: str) -> bool:
    """Is `signature` the `sha256=` and the hexadecimal HMAC-SHA256 of these bytes under the cabinet's secret?"""
    expected = SIGNATURE_PREFIX + hmac.new(incoming_secret().encode(), raw, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().encode())


@transaction.atomic
def store_sms(*, message_id: str, sender: str, text: str, sent_at: datetime, now: datetime) -> bool:
    """Keep a message, due at once; False when this id is known already."""
    row = IncomingMessage(message_id=message_id[:200], sender=sender[:40], text=text[:LONGEST_TEXT], sent_at=sent_at, received_at=now)
    IncomingMessage.objects.bulk_create([row], ignore_conflicts=True)
    if not IncomingMessage.objects.filter(pk=row.pk).exists():
        return False
    point(WORK, [row.id], now)
    ring(WORK)
    return True


def listen_to_due(now: datetime, limit: int = 100) -> int:
    """Show the messages that are due to the listeners, oldest first; answers how many were looked at."""
    due = DuePointer.objects.filter(schema=connection.schema_name, kind=WORK, due_at__lte=now).order_by("due_at", "id")
    references = list(due.values_list("reference", flat=True)[:limit])
    for reference in references:
        try:
            _listen(reference, now)
        except Exception as accident:  # one message must not hold up the others; people read it after the second try
            log.exception("sms-not-understood", message=str(reference), reason=type(accident).__name__)
            _after_accident(reference, now)
    return len(references)


@transaction.atomic
def settle(message_id: UUID, *, by: str) -> None:
    """Somebody has read it and done what there was to do."""
    IncomingMessage.objects.filter(pk=message_id, state=IncomingMessage.State.FOR_PEOPLE).update(
        state=IncomingMessage.State.SETTLED, settled_by=by
    )


@transaction.atomic
def _listen(reference: UUID, now: datetime) -> None:
    message = IncomingMessage.objects.select_for_update().filter(pk=reference, state=IncomingMessage.State.RECEIVED).first()
    if message is not None:
        outcome = next((word for listener in _listeners if (word := listener(message, now)) is not None), None)
        message.state = IncomingMessage.State.FOR_PEOPLE if outcome is None else IncomingMessage.State.UNDERSTOOD
        message.outcome = outcome or ""
        message.save(update_fields=["state", "outcome"])
    unpoint(WORK, [reference])


@transaction.atomic
def _after_accident(reference: UUID, now: datetime) -> None:
    message = IncomingMessage.objects.select_for_update().filter(pk=reference, state=IncomingMessage.State.RECEIVED).first()
    if message is None or message.outcome:
        IncomingMessage.objects.filter(pk=reference).update(state=IncomingMessage.State.FOR_PEOPLE)
        unpoint(WORK, [reference])
        return
    message.outcome = "accident"
    message.save(update_fields=["outcome"])
    point(WORK, [reference], now + SECOND_TRY)
