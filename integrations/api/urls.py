"""What was decided between two diaries, under /api/v1/."""

from typing import Any

from django.urls import URLPattern

from integrations.models import FieldConflict
from medidesk.api.doors import Answer, Call, Operation, door
from medidesk.api.kinds import Schema
from medidesk.api.paging import PAGING, Order, page
from medidesk.api.shapes import ID, INSTANT, NULLABLE_TEXT, TEXT, list_of, object_of

VALUE: Schema = {"description": "la valeur de ce côté"}
CONFLICT = object_of(id=ID, kind=TEXT, appointment=ID, ours=VALUE, theirs=VALUE, decided=TEXT, at=INSTANT)


def list_conflicts(call: Call) -> Answer:
    """Where both sides changed a visit: what each said, and which stands."""
    return page(call, FieldConflict.objects.all(), _render, natural=Order("at", tracked=False))


def _render(rows: list[FieldConflict]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "appointment": one.appointment_id,
            "ours": one.ours,
            "theirs": one.theirs,
            "decided": one.decided,
            "at": one.at,
        }
        for one in rows
    ]


urlpatterns: list[URLPattern] = [
    door(
        "conflicts",
        GET=Operation(
            list_conflicts,
            "Lister les désaccords entre agendas",
            "agenda:read",
            query=PAGING,
            shows=object_of(results=list_of(CONFLICT), next=NULLABLE_TEXT),
        ),
    ),
]
