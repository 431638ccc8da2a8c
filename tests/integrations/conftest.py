"""A house connected with both simulators; webhooks come in when a test listens."""

from collections.abc import Iterator

import pytest

from tests.integrations.hooks import Hooks
from tests.integrations.house import House
from tests.integrations.simulators.conftest import clickdoc, docorga, doctolib, family, ics, keldoc, maiia, medoucine
from tests.integrations.simulators.processes import Running

__all__ = ["clickdoc", "docorga", "doctolib", "family", "ics", "keldoc", "maiia", "medoucine"]


@pytest.fixture
def hooks(settings) -> Iterator[Hooks]:
    """What platforms send to the cabinets' hosts lands here first."""
    made = Hooks()
    settings.MEDIDESK_PORT = made.port
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    yield made
    made.close()


@pytest.fixture
def house(cabinet, hooks: Hooks, doctolib: Running, maiia: Running) -> House:
    """The cabinet of Tourcoing, live on Doctolib and Maiia."""
    return House(hooks, doctolib, maiia)
