"""From the key of a request to its holder; MEDIDESK_API_AUTHENTICATOR names `caller_of`."""

from datetime import datetime, timedelta

from django.db import connection

from integrations.partners.keys import digest_of
from integrations.partners.models import ApiKey
from medidesk.api.callers import Caller

KEPT = timedelta(seconds=3)  # a revoked key works no longer than that in any process (contract: 5 s)
_MOST_KEPT = 5_000
_kept: dict[tuple[str, str], tuple[datetime, Caller]] = {}


def caller_of(key: str, now: datetime) -> Caller | None:
    """The holder of this key in the entered cabinet; None for an unknown, revoked or another cabinet's key."""
    place = (connection.schema_name, digest_of(key))
    kept = _kept.get(place)
    if kept is not None and timedelta(0) <= now - kept[0] < KEPT:
        return kept[1]
    row = ApiKey.objects.filter(digest=place[1], revoked_at=None).first()
    if row is None:
        _kept.pop(place, None)
        return None
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    caller = Caller(key_id=row.id, name=row.name, scopes=frozenset(row.scopes), staff=row.staff)
    _kept[place] = (now, caller)
    return caller


def forget_keys() -> None:
    """Read every key again (tests, and the process that has just revoked one)."""
    _kept.clear()
