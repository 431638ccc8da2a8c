"""The connectors, a line each. A new platform is a copied folder and a line here (CONTRIBUTING)."""

from importlib import import_module

from integrations.base import Connector
from integrations.errors import Refused

_CONNECTORS = {
    "doctolib": "integrations.doctolib.connector.DoctolibConnector",
    "maiia": "integrations.maiia.connector.MaiiaConnector",
}


def platforms() -> list[str]:
    """The slugs that can be connected."""
    return list(_CONNECTORS)


def connector_class(platform: str) -> type[Connector]:
    """The connector of a platform. Raises Refused for an unknown one."""
    path = _CONNECTORS.get(platform)
    if path is None:
        raise Refused(f"unknown platform: {platform}")
    module, _, name = path.rpartition(".")
    found: type[Connector] = getattr(import_module(module), name)
    return found
