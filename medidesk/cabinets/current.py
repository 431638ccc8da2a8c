"""The cabinet one is in, whoever entered it: request, task, command."""

import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

KEPT_SECONDS = 30
_kept: dict[str, tuple[float, Any]] = {}


def current_cabinet() -> Any:
    """The cabinet of the current schema. Raises Cabinet.DoesNotExist outside any cabinet."""
    tenant = connection.tenant
    if getattr(tenant, "time_zone", None):
        return tenant
    schema = connection.schema_name
    kept = _kept.get(schema)
    if kept is None or kept[0] < time.monotonic():
        from medidesk.cabinets.models import Cabinet

        kept = (time.monotonic() + KEPT_SECONDS, Cabinet.objects.get(schema_name=schema))
        if len(_kept) > 2_000:
            _kept.clear()
        _kept[schema] = kept
    return kept[1]


def current_zone() -> ZoneInfo:
    """The zone of the cabinet's wall time."""
    return ZoneInfo(current_cabinet().time_zone)
