"""Platforms that are asked for their events one after another: each is kept like a webhook, and applied by whoever applies those."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from integrations.errors import CursorGone, NotUnderstood, Unavailable
from integrations.incoming import inbox
from integrations.models import Connection, ExternalReference, InboundEvent, InboundState, Kind
from integrations.speaking.base import FeedConnector, Page
from integrations.speaking.vocabulary import Listing, PlatformVisit, digest

MOST_PAGES = 1000


def read_feed(connection: Connection, connector: FeedConnector, now: datetime) -> None:
    """Keep every event after the cursor, each page together with its cursor.

    Raises the connector's errors; after CursorGone the next reading begins with the oldest event that is kept there.
    """
    try:
        for page in _pages(connection, connector):
            with transaction.atomic():
                for raw in page.events:
                    inbox.store(connection, raw, inbox.name_of(raw), now)
                _move_to(connection, page.cursor)
    except CursorGone:
        _note_gap(connection, now)
        _move_to(connection, "")
        raise


def unheard_visits(connection: Connection, connector: FeedConnector) -> Iterator[PlatformVisit]:
    """The visits that events not yet kept speak of; nothing is written. Raises the connector's errors."""
    try:
        for page in _pages(connection, connector):
            for raw in page.events:
                try:
                    told = connector.read_event(raw, connector.zone)
                except NotUnderstood:
                    continue  # kept and shown when it is read in its turn
                if told is not None:
                    yield told.visit
    except CursorGone as problem:
        raise Unavailable("cursor expired") from problem


def known_visits(connection: Connection, connector: FeedConnector, now: datetime) -> Listing:
    """The coming visits that are known, as they are there now, asked one by one: what stands for a window where none is shown.

    Complete when the feed could be read to its end without a gap; what was booked inside a gap cannot be found out.
    """
    complete = True
    try:
        read_feed(connection, connector, now)
    except CursorGone:
        complete = False
        read_feed(connection, connector, now)
    twins = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT, appointment__end__gt=now)
    found = (connector.visit(external_id) for external_id in twins.order_by("id").values_list("external_id", flat=True))
    return Listing(tuple(visit for visit in found if visit is not None), complete)


def _pages(connection: Connection, connector: FeedConnector) -> Iterator[Page]:
    cursor = connection.cursor
    for _turn in range(MOST_PAGES):
        page = connector.feed(cursor)
        if not page.events or page.cursor == cursor:
            return
        yield page
        cursor = page.cursor


def _note_gap(connection: Connection, now: datetime) -> None:
    """Keep in plain sight that events were forgotten there before they were read; once for each place in the feed."""
    InboundEvent.objects.get_or_create(
        connection=connection,
        event_id=f"gap {digest(connection.cursor)[:32]}",
        defaults={"state": InboundState.NOT_UNDERSTOOD, "detail": "CursorGone", "raw": b"", "due": now, "received_at": now},
    )


def _move_to(connection: Connection, cursor: str) -> None:
    Connection.objects.filter(pk=connection.pk).update(cursor=cursor)
    connection.cursor = cursor
