"""Reading what changed since the last time, for the webhooks that never came; and going live when that is still to be done."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from integrations.comparison.reconciliation import KIND as NIGHTLY
from integrations.comparison.reconciliation import apply_listing, reconcile
from integrations.comparison.renaming import follow_renames
from integrations.connections.going_live import go_live
from integrations.errors import ConnectorError, CursorGone
from integrations.models import Connection, Mode
from integrations.outgoing.absences_out import close_absences
from integrations.retention import forget_settled
from integrations.speaking.base import SnapshotConnector
from integrations.speaking.calls import calling, note_failure, note_read
from integrations.speaking.registry import connector_of, is_feed, is_snapshot
from integrations.speaking.vocabulary import instant_text
from medidesk.due import bell, pointers
from medidesk.due.models import DuePointer

KIND = "pull"
EVERY = timedelta(seconds=60)
# Platforms' clocks differ by minutes: each read begins a little before the last one's start.
OVERLAP = timedelta(minutes=10)
NIGHT_HOUR_UTC = 2


def watch(connection: Connection, now: datetime) -> None:
    """Have the connection read from now on, and compared every night."""
    pointers.point(KIND, [connection.id], now)
    pointers.point(NIGHTLY, [connection.id], next_night(now))
    bell.ring(KIND)


def look_soon(now: datetime) -> None:
    """Something changed here that connections look at when they are read."""
    pointers.point(KIND, list(Connection.objects.filter(mode=Mode.BOTH, absences=True).values_list("id", flat=True)), now)
    bell.ring(KIND)


def pull_due(now: datetime) -> None:
    """Read every connection that is due, then set its next time, whatever came of it."""
    for connection in _due(KIND, now, EVERY):
        pause = connector_of(connection).poll_every
        if pause != EVERY:
            pointers.point(KIND, [connection.id], now + pause)
        if not connection.is_paused(now):
            pull(connection, now)
            close_absences(connection, now)


def reconcile_due(now: datetime) -> None:
    """The comparison of every connection that is due, at night or asked for; what the brake held passes when a person has said so."""
    for connection in _due(NIGHTLY, now, next_night(now) - now):
        asked = connection.release_asked_at
        close_absences(connection, now, checking=True)
        if reconcile(connection, now, released=asked is not None).complete and asked:
            Connection.objects.filter(pk=connection.pk, release_asked_at=asked).update(release_asked_at=None)
    forget_settled(now)


def pull(connection: Connection, now: datetime) -> None:
    """Apply what changed there, under the brake; what cannot be read now is read the next time."""
    is_first = not connection.cursor
    try:
        go_live(connection, now)
        if not connection.cursor or is_feed(connection) or (is_first and is_snapshot(connection)):
            return
        with calling(connection) as connector:
            if isinstance(connector, SnapshotConnector):
                _look(connection, connector, now)
                return
            listing = connector.changed_since(datetime.fromisoformat(connection.cursor) - OVERLAP)
            follow_renames(connection, connector, listing.visits, now)
    except CursorGone:
        reconcile(connection, now)
        return
    except ConnectorError as problem:
        note_failure(connection, problem, now)
        return
    apply_listing(connection, listing.visits, now)
    note_read(connection, now)
    if listing.complete:
        Connection.objects.filter(pk=connection.pk).update(cursor=instant_text(now))


def _look(connection: Connection, connector: SnapshotConnector, now: datetime) -> None:
    """Read the whole when it has changed. What could not be applied whole is read again the next time, changed or not."""
    if not connector.has_changed(connection.cursor):
        note_read(connection, now)
        if connector.cursor:  # the same, by a newer name
            Connection.objects.filter(pk=connection.pk).update(cursor=connector.cursor)
        return
    figures = reconcile(connection, now, asking=connector)
    whole = figures.complete and not figures.held
    Connection.objects.filter(pk=connection.pk).update(cursor=connector.cursor if whole else "")


def next_night(now: datetime) -> datetime:
    """The coming 02:00 UTC."""
    tonight = now.replace(hour=NIGHT_HOUR_UTC, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)


@transaction.atomic
def _due(kind: str, now: datetime, again: timedelta) -> list[Connection]:
    """The connections whose turn it is; the next turn is set before the work, so that a dead worker costs one turn."""
    mine: list[UUID] = list(Connection.objects.exclude(mode=Mode.OFF).values_list("id", flat=True))
    rows = DuePointer.objects.select_for_update(skip_locked=True).filter(kind=kind, reference__in=mine, due_at__lte=now)
    due = [row.reference for row in rows]
    pointers.point(kind, due, now + again)
    return list(Connection.objects.filter(pk__in=due))
