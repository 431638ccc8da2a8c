"""What platforms tell: stored byte for byte before anything is made of it, then applied in order per visit."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from django.db import connection as database
from django.db import transaction

from integrations.errors import ConnectorError, NotUnderstood
from integrations.incoming.applying import MustFetch, News, apply_news
from integrations.incoming.batches import KIND, MOST, apply_batch, first_of_visit
from integrations.models import Connection, InboundEvent, InboundState
from integrations.speaking.calls import calling, note_failure, note_read
from integrations.speaking.registry import connector_of
from integrations.speaking.vocabulary import PlatformEvent
from medidesk.cabinets.current import current_zone
from medidesk.db.prepared import run
from medidesk.due import bell, pointers
from medidesk.errors import MediDeskError

KEPT_UNREADABLE_BYTES = 16_384
LONGEST_WAIT_SECONDS = 300.0
MOST_ACCIDENTS = 8

# The event and the pointer to it, at once; an event that is known already, or that nobody can read, is pointed to by nothing.
_INSERT = """
    WITH new AS (
        INSERT INTO integrations_inboundevent (key, connection_id, event_id, visit_key, raw, state, detail, attempts, due, received_at)
        VALUES (%(key)s, %(connection)s, %(event)s, %(visit)s, %(raw)s, %(state)s, '', 0, %(now)s, %(now)s)
        ON CONFLICT (connection_id, event_id) DO NOTHING RETURNING key, state
    ), pointed AS (
        INSERT INTO due_duepointer (schema, kind, reference, due_at)
        SELECT %(schema)s, %(kind)s, key, %(now)s FROM new WHERE state = 'received'
        ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at
    ) SELECT true FROM new
"""

log = structlog.get_logger(__name__)


def store(connection: Connection, raw: bytes, message_id: str, now: datetime) -> tuple[bool, bool]:
    """Keep an event that is signed. Answers (readable, new); what cannot be read as JSON is kept, cut short and flagged."""
    try:
        values = orjson.loads(raw)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, dict):
        return False, _insert(connection, message_id, "", raw[:KEPT_UNREADABLE_BYTES], InboundState.UNREADABLE, now)
    event_id, visit_key = connector_of(connection).keys_of(values)
    return True, _insert(connection, event_id or message_id, visit_key, raw, InboundState.RECEIVED, now)


def _insert(connection: Connection, event_id: str, visit_key: str, raw: bytes, state: str, now: datetime) -> bool:
    """One row per (connection, event id); answers whether it is new."""
    event = {"key": str(uuid.uuid4()), "connection": str(connection.id), "event": event_id[:255], "visit": visit_key[:200], "raw": raw}
    place = {"schema": database.schema_name, "kind": KIND}
    if not run((_INSERT, {**event, **place, "state": state, "now": now})):
        return False
    if state == InboundState.RECEIVED:
        bell.ring(KIND)
    return True


def apply_due(now: datetime, limit: int = 200) -> int:
    """Apply the events due, oldest first, each visit's in their order; answers how many were looked at."""
    done = 0
    while done < limit:
        batch = apply_batch(now, min(MOST, limit - done))
        looked_at = batch.applied + sum(apply_one(now, id=number) for number in batch.left)
        if not looked_at:
            break
        done += looked_at
    return done


def apply_one(now: datetime, **which: int) -> bool:
    """Apply the oldest event that is due (of these), by itself; was there one?"""
    event = _claim(now, **which)
    if event is not None:
        _take(event, now)
    return event is not None


def wait_again(events: Any, now: datetime) -> None:
    """Look at these once more: a practitioner was mapped, somebody asked."""
    keys = list(events.values_list("key", flat=True))
    InboundEvent.objects.filter(key__in=keys).update(state=InboundState.RECEIVED, due=now, attempts=0)
    if keys:
        pointers.point(KIND, keys, now)
        bell.ring(KIND)


def _claim(now: datetime, **which: int) -> InboundEvent | None:
    """The oldest event due (of these), the caller's for a minute."""
    with transaction.atomic():
        due = InboundEvent.objects.filter(first_of_visit(), state=InboundState.RECEIVED, due__lte=now, **which)
        event = due.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
        if event is not None:
            # Whoever dies now leaves it to be taken again a minute later.
            InboundEvent.objects.filter(pk=event.pk).update(due=now + timedelta(minutes=1), attempts=event.attempts + 1)
            pointers.point(KIND, [event.key], now + timedelta(minutes=1))
    return event


def _take(event: InboundEvent, now: datetime) -> None:
    """Apply one event and note what came of it; without an answer from the platform it waits."""
    try:
        told = connector_of(event.connection).read_event(bytes(event.raw), current_zone())
        if told is None:
            _finish(event, InboundState.IGNORED, now, "about no visit")
            return
        _apply(event, told, now)
    except (NotUnderstood, MediDeskError) as problem:
        _finish(event, InboundState.NOT_UNDERSTOOD, now, getattr(problem, "code", "") or str(problem))
    except Exception as accident:  # one event must not stop the others; it is tried again, then shown
        log.exception("event-accident", number=event.pk)
        if event.attempts >= MOST_ACCIDENTS:
            _finish(event, InboundState.NOT_UNDERSTOOD, now, type(accident).__name__)
        else:
            _postpone(event, type(accident).__name__, now)


def _apply(event: InboundEvent, told: PlatformEvent, now: datetime) -> None:
    try:
        with transaction.atomic():
            _finish(event, apply_news(News(event.connection, told.visit, now, at=told.occurred_at)), now)
    except MustFetch:
        _fetch(event, told, now)


def _fetch(event: InboundEvent, told: PlatformEvent, now: datetime) -> None:
    """Ask how the visit is now, and apply that."""
    try:
        with calling(event.connection) as connector:
            current = connector.visit(told.visit.external_id)
    except ConnectorError as problem:
        note_failure(event.connection, problem, now)
        _postpone(event, str(problem), now)
        return
    note_read(event.connection, now)
    if current is None:
        _finish(event, InboundState.NOT_UNDERSTOOD, now, "unknown there")
        return
    try:
        with transaction.atomic():
            state = apply_news(News(event.connection, current, now, at=told.occurred_at, fetched=True))
            _finish(event, state, now)
    except MediDeskError as problem:
        _finish(event, InboundState.NOT_UNDERSTOOD, now, problem.code)


@transaction.atomic
def _finish(event: InboundEvent, state: str, now: datetime, detail: str = "") -> None:
    InboundEvent.objects.filter(pk=event.pk).update(state=state, detail=detail[:300], applied_at=now)
    pointers.unpoint(KIND, [event.key])
    if state == InboundState.NOT_UNDERSTOOD:
        log.warning("event-not-understood", number=event.pk, reason=detail)


@transaction.atomic
def _postpone(event: InboundEvent, detail: str, now: datetime) -> None:
    due = now + timedelta(seconds=min(LONGEST_WAIT_SECONDS, 2.0 ** (event.attempts + 1)))
    InboundEvent.objects.filter(pk=event.pk).update(due=due, detail=detail[:300])
    pointers.point(KIND, [event.key], due)


def headers_of(meta: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The headers of these names in a WSGI request, in lower case; empty where one is missing."""
    return {name: str(meta.get(f"HTTP_{name.upper().replace('-', '_')}", "")) for name in names}


def name_of(raw: bytes) -> str:
    """An id for an event that brings none: what it says."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
