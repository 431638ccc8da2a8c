"""Ids that a query or a body names must exist here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from agenda.errors import UnknownReference


def must_exist(model: Any, ids: Sequence[UUID], pointer: str, *, also_deleted: bool = False) -> None:
    """Raise UnknownReference unless every id names a living row (or one that lived, for what looks back)."""
    rows = model.objects.filter(pk__in=ids)
    found = (rows if also_deleted else rows.filter(deleted_at=None)).count()
    if found != len(set(ids)):
        raise UnknownReference(pointer)
