"""How many calls a key, or webhooks a connection, may make: counted in Valkey (generic cell rate algorithm)."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from medidesk.api.problems import ApiError

# One call costs `gap` µs; the key holds the time until which calls are paid. Returns (allowed, calls left, µs until one more / until full).
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local gap, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local paid = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local left = burst - (paid - now) / gap
if left < 1 then return {0, 0, math.ceil((1 - left) * gap)} end
redis.call('SET', KEYS[1], string.format('%.0f', paid + gap), 'PX', math.ceil((paid + gap - now) / 1000) + 1000)
return {1, math.floor(left - 1), math.ceil(paid + gap - now)}
"""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, so many at once."""

    per_minute: int
    burst: int

    @property
    def policy(self) -> str:
        """The RateLimit-Policy header."""
        return f'"minute";q={self.per_minute};w=60, "burst";q={self.burst};w={self.burst * 60 // self.per_minute}'


# REST contract, section 1: per key, and per connection.
CALLS = Rate(600, 100)
WEBHOOKS = Rate(6_000, 1_000)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a call has left; `headers` go out with its answer."""

    left: int
    reset_seconds: int
    rate: Rate = CALLS

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit headers (draft-ietf-httpapi-ratelimit-headers)."""
        return {"RateLimit-Policy": self.rate.policy, "RateLimit": f'"burst";r={self.left};t={self.reset_seconds}'}


@lru_cache(maxsize=1)
def _store() -> tuple[redis.Redis, redis.commands.core.Script]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)
    return client, client.register_script(_TAKE)


def take_one(key_id: UUID, rate: Rate = CALLS) -> Allowance | None:
    """Count one call of this key (or connection). Raises 429 when it has none left.

    None when limits are off or the store cannot be reached.
    """
    if not settings.MEDIDESK_RATE_LIMITS:
        return None
    try:
        allowed, left, micros = _store()[1](
            keys=[f"medidesk:limit:{connection.schema_name}:{key_id}"], args=[60_000_000 // rate.per_minute, rate.burst]
        )
    except redis.RedisError:
        logger.warning("rate limits not counted: the store does not answer")
        return None
    seconds = max(1, -(-micros // 1_000_000))
    if not allowed:
        headers = {**Allowance(0, seconds, rate).headers, "Retry-After": str(seconds)}
        raise ApiError(429, "rate-limited", _("Trop de demandes avec cette clé."), headers=headers, policies=["burst"])
    return Allowance(left, seconds, rate)
