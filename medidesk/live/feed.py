"""One subscription to Valkey for the whole process, taken up again whenever it breaks."""

import asyncio
import contextlib

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from medidesk.live.hub import Hub
from medidesk.live.publishing import PREFIX

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds
SILENCE = 10.0  # seconds without news after which the connection is tried with a ping

log = structlog.get_logger(__name__)


class Feed:
    """Carries what Valkey publishes to the hub. `connected` says whether news arrive at this moment."""

    def __init__(self, url: str, hub: Hub) -> None:
        self._url = url
        self._hub = hub
        self._subscribed_before = False
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled: subscribe, carry, and after a break subscribe again and tell everybody to fetch."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with Redis.from_url(self._url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2, socket_timeout=2) as client:
                    await self._carry(client)
            except (RedisError, OSError, TimeoutError) as error:
                if self.connected.is_set():
                    pause = FIRST_PAUSE
                self.connected.clear()
                log.warning("live-feed-broken", reason=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _carry(self, client: Redis) -> None:
        async with client.pubsub() as subscription:
            await subscription.psubscribe(f"{PREFIX}*")
            while True:
                message = await subscription.get_message(timeout=SILENCE)
                if message is None:
                    await asyncio.wait_for(client.ping(), 2)
                elif message["type"] == "psubscribe":
                    self.connected.set()
                    if self._subscribed_before:  # what was published meanwhile is lost
                        self._hub.refetch_everywhere()
                    self._subscribed_before = True
                elif message["type"] == "pmessage":
                    with contextlib.suppress(ValueError):  # text that is not JSON is nobody's news
                        self._hub.spread(message["channel"].decode().removeprefix(PREFIX), message["data"])
