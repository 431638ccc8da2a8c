"""The bell tells a worker at commit that something is due. Losing it loses nothing: the sweep finds the pointer."""

import structlog
from celery import current_app
from django.core.cache import caches
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from medidesk.due.registry import task_of

# One task waiting per cabinet and kind is enough: it takes all that is due. A task lost with the broker stops counting after this.
WAITING_SECONDS = 30

log = structlog.get_logger(__name__)


def ring(kind: str) -> None:
    """After the commit, queue the task of `kind` for the entered cabinet."""
    schema = connection.schema_name
    transaction.on_commit(lambda: queue(kind, schema), robust=True)


def queue(kind: str, schema: str) -> bool:
    """Queue the task of `kind` in the cabinet, unless one is waiting already; `False` when none was queued."""
    task = task_of(kind)
    if task is None:
        return False
    try:
        if not caches["shared"].add(_flag(kind, schema), 1, timeout=WAITING_SECONDS):
            return False
        current_app.send_task(task, headers={"_schema_name": schema}, expires=2 * WAITING_SECONDS, retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("bell-not-heard", kind=kind, reason=type(error).__name__)
        return False
    return True


def answer(kind: str) -> None:
    """The task has begun: whatever commits from now on must ring again. Call it before looking for due rows."""
    try:
        caches["shared"].delete(_flag(kind, connection.schema_name))
    except RedisError as error:
        log.warning("bell-not-answered", kind=kind, reason=type(error).__name__)


def _flag(kind: str, schema: str) -> str:
    return f"bell:{kind}:{schema}"
