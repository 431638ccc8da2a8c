"""What the fields of a settings form choose among: read once per page."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from agenda.models import Practitioner, Site, VisitReason

Pair = tuple[str, str]


@dataclass
class Choices:
    """The living sites, practitioners and reasons; each read at most once, when a field asks."""

    @cached_property
    def sites(self) -> dict[UUID, str]:
        """By name."""
        return {one.id: one.name for one in Site.objects.filter(deleted_at=None).order_by("name", "id")}

    @cached_property
    def practitioners(self) -> dict[UUID, str]:
        """In the order of the columns."""
        return {one.id: one.name for one in Practitioner.objects.filter(deleted_at=None)}

    @cached_property
    def reasons(self) -> dict[UUID, str]:
        """In their own order, as the desk names them."""
        return {one.id: str(one) for one in VisitReason.objects.filter(deleted_at=None)}


def pairs(named: dict[UUID, str]) -> list[Pair]:
    """As a field takes them."""
    return [(str(key), name) for key, name in named.items()]
