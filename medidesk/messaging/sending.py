"""Taking due messages, asking whether they are still true, handing them over, once.

A batch is claimed with a lease in a transaction of its own. A worker that dies leaves the lease to run out; the message is then
taken again with the same operation id. Between the claim and the mark no transaction is open.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from medidesk.cabinets.current import current_zone
from medidesk.due.models import DuePointer
from medidesk.due.pointers import point, unpoint
from medidesk.messaging.apps import WORK
from medidesk.messaging.composing import Content, Later, Withdrawal, compose
from medidesk.messaging.errors import ProviderRefused, ProviderUnavailable
from medidesk.messaging.hours import by_day
from medidesk.messaging.models import UNFINISHED, Channel, Message, Status
from medidesk.messaging.providers import Parcel, Provider, provider_for
from medidesk.messaging.segments import lighten, weigh

log = structlog.get_logger(__name__)

BATCH = 40
THREADS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
MOST_ATTEMPTS = 10  # about four hours

Outcome = str | ProviderUnavailable | ProviderRefused


def send_due(now: datetime, *, limit: int = BATCH) -> int:
    """Take up to `limit` due messages of the entered cabinet and settle each; how many were taken (0: nothing more is due)."""
    messages = _claim(now, limit)
    if not messages:
        _tidy_pointers(now)
        return 0
    ready = _compose(_hold_until_day(messages, now), now)
    for message, outcome in _handed_over(ready):
        _settle(message, outcome, now)
    return len(messages)


def _claim(now: datetime, limit: int) -> list[Message]:
    """Lease due messages; others skip them until the lease ends."""
    until = now + timedelta(seconds=settings.MEDIDESK_MESSAGE_LEASE)
    with transaction.atomic():
        due = Message.objects.filter(status__in=UNFINISHED, next_at__lte=now).order_by("next_at", "id")
        messages = list(due.select_for_update(skip_locked=True)[:limit])
        ids = [message.id for message in messages]
        if ids:
            taken = {"status": Status.SENDING, "lease_until": until, "next_at": until, "attempts": F("attempts") + 1}
            Message.objects.filter(id__in=ids).update(**taken)
            point(WORK, ids, until)
    for message in messages:
        message.attempts += 1
    return messages


def _hold_until_day(messages: Sequence[Message], now: datetime) -> list[Message]:
    """Put off what may not ring at this hour; what remains may leave."""
    day = by_day(now, current_zone())
    if day == now:
        return list(messages)
    for message in messages:
        if message.by_day_only:
            _put_off(message, day, attempts=message.attempts - 1)
    return [message for message in messages if not message.by_day_only]


def _compose(messages: Sequence[Message], now: datetime) -> list[Message]:
    """Ask whether each is still true and what it says; the text is stored before it leaves."""
    ready = []
    answers = compose(messages, now)
    for message in messages:
        answer = answers[message.id]
        if isinstance(answer, Withdrawal):
            _finish(message, status=Status.CANCELLED, outcome=answer.why)
        elif isinstance(answer, Later):
            _put_off(message, answer.until, attempts=message.attempts - 1)
        elif isinstance(answer, Content):
            _fill(message, answer)
            ready.append(message)
        else:
            _retry(message, type(answer).__name__, now)
    Message.objects.bulk_update(ready, ["to", "subject", "text", "html", "segments", "facts"])
    return ready


def _fill(message: Message, content: Content) -> None:
    sms = message.channel == Channel.SMS
    message.to, message.subject, message.html = content.to, content.subject, content.html
    message.facts |= content.facts
    message.text = lighten(content.text) if sms else content.text
    message.segments = weigh(message.text).segments if sms else 0


def _handed_over(messages: Sequence[Message]) -> Iterator[tuple[Message, Outcome]]:
    """Each message with the provider's answer, as soon as it is there."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = {}
        for message in messages:
            provider = provider_for(message.channel)
            message.provider = provider.name
            if provider.parallel:
                waiting[pool.submit(_hand_over, provider, _parcel(message))] = message
            else:
                yield message, _hand_over(provider, _parcel(message))
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def _parcel(message: Message) -> Parcel:
    return Parcel(message.operation_id, message.channel, message.to, message.text, message.subject, message.html)


def _hand_over(provider: Provider, parcel: Parcel) -> Outcome:
    try:
        return provider.send(parcel)
    except (ProviderUnavailable, ProviderRefused) as error:
        return error
    except Exception as error:  # one message that a provider stumbles over must not hold up the batch
        log.exception("provider-stumbled", provider=provider.name)
        return ProviderUnavailable(type(error).__name__)


def _settle(message: Message, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, str):
        forgotten = {"text": "", "html": ""} if message.secret else {}
        _finish(message, status=Status.SENT, sent_at=now, provider=message.provider, provider_id=outcome, outcome="", **forgotten)
    elif isinstance(outcome, ProviderRefused):
        _finish(message, status=Status.FAILED, provider=message.provider, outcome=f"refused: {outcome.message}"[:300])
    else:
        _retry(message, outcome.message, now)


def _finish(message: Message, **fields: object) -> None:
    """The last word about a message, unless somebody else has had it."""
    with transaction.atomic():
        Message.objects.filter(id=message.id, status=Status.SENDING).update(lease_until=None, **fields)
        unpoint(WORK, [message.id])


def _retry(message: Message, why: str, now: datetime) -> None:
    """Later, each time twice as late, never all at once; after the last attempt give up in plain sight."""
    if message.attempts >= MOST_ATTEMPTS:
        _finish(message, status=Status.FAILED, outcome=f"gave up: {why}"[:300])
        return
    wait = min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noise, not a secret
    _put_off(message, now + wait, outcome=why[:300])


def _put_off(message: Message, until: datetime, **fields: object) -> None:
    with transaction.atomic():
        due_again = {"status": Status.PLANNED, "next_at": until, "lease_until": None, **fields}
        if Message.objects.filter(id=message.id, status=Status.SENDING).update(**due_again):
            point(WORK, [message.id], until)


def _tidy_pointers(now: datetime) -> None:
    """Drop due pointers of this cabinet that point to nothing unfinished (a restored cabinet, a row removed by hand)."""
    unfinished = Message.objects.filter(status__in=UNFINISHED).values("id")
    due = DuePointer.objects.filter(schema=connection.schema_name, kind=WORK, due_at__lte=now)
    due.exclude(reference__in=unfinished).delete()


def restore_pointers() -> int:
    """Point again to every unfinished message of the entered cabinet (after a restore); how many there are."""
    unfinished = Message.objects.filter(status__in=UNFINISHED).values_list("id", "next_at")
    for reference, next_at in unfinished:
        point(WORK, [reference], next_at)
    return len(unfinished)
