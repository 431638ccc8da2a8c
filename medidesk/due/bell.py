"""The bell tells a worker at commit that something is due. Losing it loses nothing: the sweep finds the pointer."""

import structlog
from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from medidesk.after_commit import Command, line, tell_after_commit
from medidesk.due.registry import task_of

# One task waiting per cabinet and kind is enough: it takes all that is due. A task lost with the broker stops counting after this.
WAITING_SECONDS = 30

log = structlog.get_logger(__name__)


def ring(kind: str, schema: str = "") -> None:
    """After the commit, queue the task of `kind` for the entered cabinet, or for the one of that schema."""
    schema = schema or connection.schema_name
    if task_of(kind) is not None:
        tell_after_commit(*_claim(kind, schema), listener=lambda first: first and _send(kind, schema))


def queue(kind: str, schema: str) -> bool:
    """Queue the task of `kind` in the cabinet, unless one is waiting already; `False` when none was queued."""
    if task_of(kind) is None:
        return False
    heard = line().ask([_claim(kind, schema)])
    return bool(heard and heard[0]) and _send(kind, schema)


def answer(kind: str) -> None:
    """The task has begun: whatever commits from now on must ring again. Call it before looking for due rows."""
    line().ask([("DEL", _flag(kind, connection.schema_name))], anyway=True)


def _send(kind: str, schema: str) -> bool:
    try:
        current_app.send_task(task_of(kind), headers={"_schema_name": schema}, expires=2 * WAITING_SECONDS, retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("bell-not-heard", kind=kind, reason=type(error).__name__)
        return False
    return True


def _claim(kind: str, schema: str) -> Command:
    """Say that a task is waiting; answered by nothing when one is already."""
    return "SET", _flag(kind, schema), 1, "NX", "EX", WAITING_SECONDS


def _flag(kind: str, schema: str) -> str:
    return f"medidesk:bell:{kind}:{schema}"
