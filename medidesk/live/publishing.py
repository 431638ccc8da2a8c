"""From the commit to Valkey. Nothing here may fail a transaction or a request."""

import json
import time
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

from medidesk.cabinets.current import current_cabinet

PREFIX = "live:"
TIMEOUT_SECONDS = 0.5
REST_SECONDS = 5.0  # after a failure Valkey is left alone this long: a request waits for it once, not every time

log = structlog.get_logger(__name__)


class Publisher:
    """One connection pool per process, made at first use (processes fork before)."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._rest_until = 0.0

    def send(self, channel: str, text: str) -> None:
        """Publish, or note that it failed."""
        if time.monotonic() < self._rest_until:
            return
        try:
            self._connected().publish(channel, text)
        except (redis.RedisError, OSError) as error:
            self._rest_until = time.monotonic() + REST_SECONDS
            log.warning("live-not-published", reason=type(error).__name__)

    def _connected(self) -> redis.Redis:
        if self._client is None:
            timeouts = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
            self._client = redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 1), **timeouts)
        return self._client


_publisher = Publisher()


def publish(kind: str, **ids: Any) -> None:
    """After the commit, tell the open pages of the entered cabinet that something of this kind changed.

    `ids` are ids, days and versions, never a name; values that are not numbers are written as text, `None` stays null.
    Without Valkey nothing is told: the pages ask by themselves.
    """
    plain = {name: value if value is None or isinstance(value, int) else str(value) for name, value in ids.items()}
    text = json.dumps({"kind": kind, **plain}, separators=(",", ":"))
    channel = f"{PREFIX}{current_cabinet().uuid}"
    transaction.on_commit(lambda: _publisher.send(channel, text), robust=True)


def revoke(user_id: Any) -> None:
    """After the commit, close this person's open streams."""
    publish("revoked", user=user_id)
