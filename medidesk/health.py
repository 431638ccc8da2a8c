"""Is the house standing: Postgres, Redis, the beat."""

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from medidesk import clock
from medidesk.accounts.permissions import public_page

PULSE_MAX_AGE = 60  # seconds: six missed pulses


@public_page
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served, 503 otherwise; a silent beat is told but keeps 200, for pages still work."""
    parts = {"database": _database(), "redis": _redis(), "beat": _beat()}
    stands = parts["database"] == parts["redis"] == "ok"
    return JsonResponse({"status": "ok" if stands else "down", **parts}, status=200 if stands else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _redis() -> str:
    try:
        caches["shared"].get("ping")
    except RedisError:
        return "down"
    return "ok"


def _beat() -> str:
    try:
        pulse = caches["shared"].get("beat-pulse")
    except RedisError:
        return "unknown"
    if pulse is None:
        return "silent"
    return "ok" if clock.now().timestamp() - pulse < PULSE_MAX_AGE else "silent"
