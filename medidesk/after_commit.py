"""What Valkey is told once a transaction has committed: all of it in one turn. Nothing here may fail a transaction or a request."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 0.5
REST_SECONDS = 5.0  # after a failure Valkey is left alone this long: a request waits for it once, not every time

Command = tuple[Any, ...]
log = structlog.get_logger(__name__)


class Line:
    """The process's connections to Valkey, made at first use (processes fork before)."""

    def __init__(self, url: str) -> None:
        timeouts = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
        self._client = redis.Redis.from_url(url, retry=Retry(NoBackoff(), 1), **timeouts)
        self._rest_until = 0.0

    def ask(self, commands: Sequence[Command], *, anyway: bool = False) -> list[Any] | None:
        """Valkey's answers to these commands, asked in one turn; None when it does not answer, or is left alone and not asked `anyway`."""
        if time.monotonic() < self._rest_until and not anyway:
            return None
        try:
            if len(commands) == 1:  # most often; a pipeline costs as much again
                return [self._client.execute_command(*commands[0])]
            pipeline = self._client.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            return pipeline.execute()
        except (redis.RedisError, OSError) as error:
            self._rest_until = time.monotonic() + REST_SECONDS
            log.warning("valkey-not-told", reason=type(error).__name__)
            return None


def line() -> Line:
    """The line to the Valkey of the settings."""
    return _line_to(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _line_to(url: str) -> Line:
    return Line(url)


class _Told:
    """What one transaction has to say, and who is given the answer to what."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.listeners: list[Callable[[Any], object] | None] = []
        self.is_said = False

    def __call__(self) -> None:
        self.is_said = True
        answers = line().ask(self.commands)
        for listener, answer in zip(self.listeners, answers or (), strict=False):
            if listener is not None:
                listener(answer)


def tell_after_commit(*command: Any, listener: Callable[[Any], object] | None = None) -> None:
    """Send this command after the commit, with whatever else this transaction tells; `listener` is given its answer.

    Said twice in a transaction, it is sent once. A savepoint that is rolled back takes back what was said under it.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    told = _pending(wrapper) if wrapper.in_atomic_block else None
    if told is None:
        told = _Told()
        told.commands.append(command)
        told.listeners.append(listener)
        transaction.on_commit(told, robust=True)
    elif command not in told.commands:
        told.commands.append(command)
        told.listeners.append(listener)


def _pending(wrapper: Any) -> _Told | None:
    """What is to be said already, by what commits and rolls back together with this very place."""
    here = set(wrapper.savepoint_ids)
    pending = (told for under, told, _ in wrapper.run_on_commit if isinstance(told, _Told) and under == here)
    return next((told for told in pending if not told.is_said), None)
