"""Delivering all that is due, connection by connection, until nothing can be done now."""

from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import structlog

from integrations.errors import ConnectorError, KeyRefused, OverQuota, Unavailable
from integrations.models import Connection, OutboundChange, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.delivering import deliver
from integrations.outgoing.making_way import MustWait
from integrations.speaking.base import Connector
from integrations.speaking.calls import calling, is_failing, may_call, note_failure, note_told
from medidesk import clock
from medidesk.due import bell

# Then the bell rings again: what was told to us meanwhile gets its turn in the queue.
LONGEST = timedelta(seconds=3)

log = structlog.get_logger(__name__)


def drain() -> int:
    """Deliver what is due; answers how many rows were settled. A platform that does not answer is left alone until its rows are due."""
    settled, silent = 0, set[UUID]()
    until = clock.now() + LONGEST
    with ExitStack() as lines:
        open_lines: dict[UUID, Connector] = {}
        while (change := outbox.claim(clock.now(), list(silent))) is not None:
            connection = change.connection
            if connection.id not in open_lines:
                if not may_call(connection, clock.now()):
                    silent.add(connection.id)
                    outbox.put_off(change, clock.now() + LONGEST, change.detail, counted=False)
                    continue
                open_lines[connection.id] = lines.enter_context(calling(connection))
            try:
                settled += _deliver(change, connection, open_lines[connection.id])
            except outbox.LeaseLost:
                log.info("lease-lost", change=change.pk)
            except MustWait as pause:
                settled += _after_others(change, pause)
            except Unavailable as problem:
                silent.add(connection.id)
                _later(change, connection, problem)
            if clock.now() > until:
                bell.ring(outbox.KIND)
                break
    return settled


def _deliver(change: OutboundChange, connection: Connection, connector: Connector) -> bool:
    """One row; what is refused for good is given up in plain sight. Raises Unavailable, LeaseLost, MustWait."""
    if not connection.writes:
        outbox.settle(change, OutboundState.DONE, clock.now(), "not writing there")
        return True
    try:
        state, detail = deliver(change, connector)
    except KeyRefused as problem:
        note_failure(connection, problem, clock.now())
        connection.refresh_from_db(fields=["paused_until"])
        outbox.put_off(change, connection.paused_until or clock.now(), "key refused", counted=False)
        return False
    except Unavailable:
        raise
    except ConnectorError as problem:
        outbox.settle(change, OutboundState.DEAD, clock.now(), f"{type(problem).__name__}: {problem}")
        log.warning("change-given-up", change=change.pk, platform=connection.platform, reason=str(problem))
        return True
    note_told(connection, clock.now())
    outbox.settle(change, state, clock.now(), detail)
    return True


def _after_others(change: OutboundChange, pause: MustWait) -> bool:
    """Its turn comes again; one whose turn never comes is left to a person."""
    now = clock.now()
    if change.attempts >= outbox.MOST_ATTEMPTS:
        outbox.settle(change, OutboundState.BLOCKED, now)
        return True
    outbox.put_off(change, now if pause.stood_aside else now + outbox.wait_before_retry(change.attempts), "")
    return False


def _later(change: OutboundChange, connection: Connection, problem: Unavailable) -> None:
    now = clock.now()
    note_failure(connection, problem, now)
    # A change is given up for its own sake only, not for a platform that answers nobody.
    blameless = isinstance(problem, OverQuota) or is_failing(connection)
    if change.attempts >= outbox.MOST_ATTEMPTS and not blameless:
        outbox.settle(change, OutboundState.DEAD, now, str(problem))
        return
    wait = outbox.wait_before_retry(change.attempts)
    if problem.retry_after is not None:
        wait = max(wait, timedelta(seconds=problem.retry_after))
    outbox.put_off(change, now + wait, str(problem), counted=not blameless)
