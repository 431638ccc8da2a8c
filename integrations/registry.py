"""The platforms, a line each. A new one is a copied folder and a line here (CONTRIBUTING)."""

from dataclasses import dataclass
from importlib import import_module

from integrations.base import Connector, SnapshotConnector
from integrations.errors import Refused


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
    Platform("clickdoc", "ClickDoc", "C"),
    Platform("docorga", "Docorga", "Do"),
    Platform("medoucine", "Medoucine", "Me"),
    Platform("ics", "iCalendar", "I", "integrations.ics.connector.IcsConnector"),
)
_BY_SLUG = {platform.slug: platform for platform in PLATFORMS}


def platforms() -> list[str]:
    """The slugs that can be connected."""
    return [platform.slug for platform in PLATFORMS if platform.connector]


def label_of(platform: str) -> str:
    """How a platform is called on screens; an unknown one by its slug."""
    found = _BY_SLUG.get(platform)
    return found.label if found else platform


def connector_class(platform: str) -> type[Connector]:
    """The connector of a platform. Raises Refused for an unknown one."""
    known = _BY_SLUG.get(platform)
    if known is None or not known.connector:
        raise Refused(f"unknown platform: {platform}")
    module, _, name = known.connector.rpartition(".")
    found: type[Connector] = getattr(import_module(module), name)
    return found


def is_snapshot(platform: str) -> bool:
    """Does this platform only show everything at once?"""
    return issubclass(connector_class(platform), SnapshotConnector)
