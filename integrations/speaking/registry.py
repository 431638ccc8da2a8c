"""The platforms, a line each. A new one is a copied folder and a line here (CONTRIBUTING)."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from integrations.errors import Refused
from integrations.speaking.base import Connector, FeedConnector, SnapshotConnector


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform as the agenda shows it, and where its connector is; without one, visits may bear its name but nothing is connected."""

    slug: str
    label: str
    badge: str
    connector: str = ""


PLATFORMS = (
    Platform("doctolib", "Doctolib", "D", "integrations.doctolib.connector.DoctolibConnector"),
    Platform("maiia", "Maiia", "Ma", "integrations.maiia.connector.MaiiaConnector"),
    Platform("keldoc", "Keldoc", "K", "integrations.keldoc.connector.KeldocConnector"),
    Platform("clickdoc", "ClickDoc", "C", "integrations.generic_rest.shipped.ClickdocConnector"),
    Platform("docorga", "Docorga", "Do", "integrations.generic_rest.shipped.DocorgaConnector"),
    Platform("medoucine", "Medoucine", "Me", "integrations.generic_rest.shipped.MedoucineConnector"),
    Platform("ics", "iCalendar", "I", "integrations.ics.connector.IcsConnector"),
    Platform("caldav", "CalDAV", "Ca", "integrations.caldav.connector.CaldavConnector"),
)
_BY_SLUG = {platform.slug: platform for platform in PLATFORMS}


def platforms() -> list[str]:
    """The slugs that can be connected."""
    return [platform.slug for platform in PLATFORMS if platform.connector]


def label_of(platform: str) -> str:
    """How a platform is called on screens; an unknown one by its slug."""
    found = _BY_SLUG.get(platform)
    return found.label if found else platform


def connector_class(platform: str, wire_format: str = "") -> type[Connector]:
    """The connector of a platform, in one of its wire formats. Raises Refused for an unknown one."""
    known = _BY_SLUG.get(platform)
    if known is None or not known.connector:
        raise Refused(f"unknown platform: {platform}")
    module, _, name = known.connector.rpartition(".")
    found: type[Connector] = getattr(import_module(module), name)
    if not wire_format:
        return found
    if wire_format not in found.wire_formats:
        raise Refused(f"unknown wire format: {wire_format}")
    return found.wire_formats[wire_format]


class Connected(Protocol):
    """A connection, as far as its connector goes."""

    platform: str
    wire_format: str
    wire_text: str


def connector_of(connection: Connected) -> type[Connector]:
    """The connector of a connection, in the wire format that it chose or as it describes it."""
    return connector_class(connection.platform, connection.wire_format).adapted(connection.wire_text)


def is_feed(connection: Connected) -> bool:
    """Is this platform asked for its events one after another?"""
    return issubclass(connector_of(connection), FeedConnector)


def is_snapshot(connection: Connected) -> bool:
    """Does this platform only show everything at once?"""
    return issubclass(connector_of(connection), SnapshotConnector)
