"""From the commit to Valkey, and from there to the open pages. Nothing here may fail a transaction or a request."""

from typing import Any

import orjson

from medidesk.after_commit import tell_after_commit
from medidesk.cabinets.current import current_cabinet

PREFIX = "live:"


def publish(kind: str, **ids: Any) -> None:
    """After the commit, tell the open pages of the entered cabinet that something of this kind changed.

    `ids` are ids, days and versions, never a name; values that are not numbers are written as text, `None` stays null.
    Without Valkey nothing is told: the pages ask by themselves.
    """
    plain = {name: value if value is None or isinstance(value, int) else str(value) for name, value in ids.items()}
    tell_after_commit("PUBLISH", f"{PREFIX}{current_cabinet().uuid}", orjson.dumps({"kind": kind, **plain}))


def revoke(user_id: Any) -> None:
    """After the commit, close this person's open streams."""
    publish("revoked", user=user_id)
