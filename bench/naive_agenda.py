"""The agenda of some days as one would write it first: rows of the ORM, a field of Python each, the standard library's JSON.

The yard-stick of the measure (what a serializer of models does for each row and field, without its framework), and its oracle.
"""

import json
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model

from agenda.models import Appointment, Practitioner
from medidesk.api.doors import Answer, Call
from medidesk.cabinets.current import current_cabinet

LEAN = ("id", "version", "status", "lane", "start", "end", "practitioner", "site", "visit_reason", "patient", "source")


def naive_agenda(call: Call) -> Answer:
    """The same JSON as GET /api/v1/agenda."""
    query, zone = call.query, ZoneInfo(current_cabinet().time_zone)
    low, high = (datetime.combine(query[name], time(), zone) for name in ("from", "to"))
    practitioners = Practitioner.objects.filter(deleted_at=None)
    if query["practitioner"]:
        practitioners = practitioners.filter(pk__in=query["practitioner"])
    order = {one.pk: n for n, one in enumerate(practitioners)}
    rows = Appointment.objects.filter(practitioner__in=list(order), start__gte=low, start__lt=high)
    rows = rows.select_related("practitioner", "site", "visit_reason", "patient").order_by("start", "id")
    shown = [represent(row, zone) for row in sorted(rows, key=lambda row: order[row.practitioner_id])]
    body = {"time_zone": zone.key, "from": str(query["from"]), "to": str(query["to"]), "results": shown}
    return Answer(200, json.dumps(body).encode())


def represent(row: Appointment, zone: ZoneInfo) -> dict[str, Any]:
    """One row, field by field, each by the way of its type."""
    shown: dict[str, Any] = {}
    for name in LEAN:
        value = getattr(row, name)
        way: Callable[[Any], Any] = next((way for kind, way in _ways(zone) if isinstance(value, kind)), lambda plain: plain)
        shown[name] = way(value)
    return shown


def _ways(zone: ZoneInfo) -> tuple[tuple[type, Callable[[Any], Any]], ...]:
    return (
        (datetime, lambda instant: instant.astimezone(zone).isoformat()),
        (UUID, str),
        (Model, lambda related: str(related.pk)),
    )
