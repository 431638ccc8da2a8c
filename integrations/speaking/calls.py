"""Talking to a connection's platform, and remembering how it went: the circuit breaker and the health of the connection."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest

from integrations.errors import ConnectorError, KeyRefused, Refused, Unavailable
from integrations.models import Connection
from integrations.speaking.base import Connector
from integrations.speaking.registry import connector_of
from integrations.speaking.wire import Wire
from medidesk.cabinets.current import current_zone

FAILURES_BEFORE_PAUSE = 5
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
KEY_PAUSE_SECONDS = 60.0
PROBE = timedelta(seconds=30)


@contextmanager
def calling(connection: Connection) -> Iterator[Connector]:
    """The connection's connector, its lines closed afterwards."""
    kind = connector_of(connection)
    keys = connection.keys
    wire = Wire(connection.base_url, kind.headers(keys), kind.signer(keys))
    try:
        yield kind(wire, current_zone())
    finally:
        wire.close()


def may_call(connection: Connection, now: datetime) -> bool:
    """Is it our turn? A platform that failed too often is asked by one caller at a time, until it answers or PROBE has passed."""
    if not is_failing(connection):
        return True
    free = Q(paused_until=None) | Q(paused_until__lte=now)
    return bool(Connection.objects.filter(free, pk=connection.pk).update(paused_until=now + PROBE))


def is_failing(connection: Connection) -> bool:
    """Did the platform fail so often that nobody calls there but to look whether it is back?"""
    return connection.failures >= FAILURES_BEFORE_PAUSE


def note_read(connection: Connection, now: datetime) -> None:
    """The platform answered a question."""
    _well(connection, last_read_at=now)


def note_told(connection: Connection, now: datetime) -> None:
    """The platform took what it was told."""
    _well(connection, last_told_at=now)


def note_failure(connection: Connection, problem: ConnectorError, now: datetime) -> None:
    """Count it; after several in a row, or when the platform asks for it, nobody calls there for a while."""
    Connection.objects.filter(pk=connection.pk).update(last_error=f"{type(problem).__name__}: {problem}"[:300], failures=F("failures") + 1)
    connection.refresh_from_db(fields=["failures"])
    seconds = _pause_seconds(problem, connection.failures)
    if seconds:
        _pause(connection, now + timedelta(seconds=seconds))


def _pause_seconds(problem: ConnectorError, failures: int) -> float:
    if isinstance(problem, KeyRefused):
        return KEY_PAUSE_SECONDS
    if isinstance(problem, Unavailable) and problem.retry_after is not None:
        return problem.retry_after
    if isinstance(problem, Refused) or failures < FAILURES_BEFORE_PAUSE:
        return 0
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (failures - FAILURES_BEFORE_PAUSE)) * random.uniform(0.8, 1.2)


def _pause(connection: Connection, until: datetime) -> None:
    """Nothing is claimed for this connection until then."""
    Connection.objects.filter(pk=connection.pk).update(paused_until=Greatest(F("paused_until"), until))


def _well(connection: Connection, **times: datetime) -> None:
    """All is well again; the pause of a platform that failed is over, one that it asked for is not."""
    pause = Case(When(failures__gte=FAILURES_BEFORE_PAUSE, then=None), default=F("paused_until"))
    Connection.objects.filter(pk=connection.pk).update(failures=0, last_error="", paused_until=pause, **times)
