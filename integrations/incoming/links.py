"""The twins of visits, as the diary may show them: the newest id on each platform, never a closed time."""

from collections.abc import Sequence
from uuid import UUID

from integrations.models import ExternalReference, Kind


def links_of(appointment_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """`{visit: [{"platform", "id"}]}`: of each connection the twin that stands, else the last one."""
    rows = ExternalReference.objects.filter(appointment__in=appointment_ids, kind=Kind.VISIT, replaced_by=None).order_by("id")
    newest: dict[tuple[UUID, UUID], tuple[bool, str, str]] = {}
    for visit, connection, platform, external_id, gone in rows.values_list(
        "appointment_id", "connection_id", "connection__platform", "external_id", "gone_at"
    ):
        known = newest.get((visit, connection))
        if known is None or gone is None or not known[0]:
            newest[visit, connection] = (gone is None, platform, external_id)
    links: dict[UUID, list[dict[str, str]]] = {}
    for (visit, _connection), (_stands, platform, external_id) in newest.items():
        links.setdefault(visit, []).append({"platform": platform, "id": external_id})
    return links


def visits_with(platform: str, external_id: str) -> list[UUID]:
    """The visits that have, or had, a twin of that id on the platform."""
    rows = ExternalReference.objects.filter(connection__platform=platform, kind=Kind.VISIT, external_id=external_id)
    return [row.appointment_id for row in rows if row.appointment_id is not None]
