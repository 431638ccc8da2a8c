"""The cabinets that asked to be found: by name, town, or what they say of themselves."""

from dataclasses import dataclass

from medidesk.cabinets.models import Cabinet
from patients.traits import plain

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ListedCabinet:
    """A cabinet and the host name of its site."""

    cabinet: Cabinet
    host: str


def search_cabinets(text: str) -> list[ListedCabinet]:
    """The open cabinets that asked to be listed and match every word of `text`, accents and case ignored; at most fifty."""
    words = plain(text).split()
    found = []
    for cabinet in Cabinet.objects.listed().prefetch_related("domains"):
        haystack = plain(f"{cabinet.name} {cabinet.city} {cabinet.postcode} {cabinet.presentation}")
        host = next((domain.domain for domain in cabinet.domains.all() if domain.is_primary), "")
        if host and all(word in haystack for word in words):
            found.append(ListedCabinet(cabinet, host))
    return found[:MOST_SHOWN]
