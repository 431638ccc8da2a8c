"""The simulators' clock. It moves with the same two variables as the rest of the demo, so that signatures stay in tolerance."""

import os
import time
from datetime import UTC, datetime, timedelta


def _offset() -> timedelta:
    fake = os.environ.get("MEDIDESK_FAKE_NOW")
    if not fake:
        return timedelta()
    anchor = float(os.environ.get("MEDIDESK_FAKE_NOW_AT") or time.time())
    return datetime.fromisoformat(fake).astimezone(UTC) - datetime.fromtimestamp(anchor, UTC)


_OFFSET = _offset()


def now() -> datetime:
    """The present instant, in UTC, with its offset."""
    return datetime.now(UTC) + _OFFSET
