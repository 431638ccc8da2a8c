"""Links of visits to their twins elsewhere, asked of whoever knows them."""

from collections.abc import Callable, Sequence
from uuid import UUID

Links = dict[UUID, list[dict[str, str]]]

_providers: list[Callable[[Sequence[UUID]], Links]] = []


def register_links_provider(provider: Callable[[Sequence[UUID]], Links]) -> None:
    """Let `provider` say which of the given visits have twins: `{id: [{"platform", "id"}]}`."""
    _providers.append(provider)


_finders: list[Callable[[str, str], list[UUID]]] = []


def register_link_finder(finder: Callable[[str, str], list[UUID]]) -> None:
    """Let `finder` say which visits have the twin (platform, id)."""
    _finders.append(finder)


def links_of(appointment_ids: Sequence[UUID]) -> Links:
    """All known links of these visits."""
    links: Links = {}
    for provider in _providers:
        for appointment_id, found in provider(appointment_ids).items():
            links.setdefault(appointment_id, []).extend(found)
    return links


def appointments_linked_to(platform: str, external_id: str) -> list[UUID]:
    """The visits whose twin on `platform` has that id."""
    return [appointment_id for finder in _finders for appointment_id in finder(platform, external_id)]
