"""The one clock of the platform: every edge asks it, every rule is handed its answer."""

import os
import time
from datetime import UTC, datetime, timedelta


def _offset() -> timedelta:
    """How far MEDIDESK_FAKE_NOW (tests and demo only) moves the clock; the clock goes on running from there."""
    fake = os.environ.get("MEDIDESK_FAKE_NOW")
    if not fake:
        return timedelta()
    anchor = float(os.environ.get("MEDIDESK_FAKE_NOW_AT") or time.time())
    return datetime.fromisoformat(fake).astimezone(UTC) - datetime.fromtimestamp(anchor, UTC)


_OFFSET = _offset()


def now() -> datetime:
    """The present instant, in UTC, with its offset."""
    return datetime.now(UTC) + _OFFSET
