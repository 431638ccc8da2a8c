"""A cabinet live on one platform, each in turn."""

from datetime import datetime
from typing import Any

import pytest

from agenda.models import Appointment
from integrations.models import Connection, OutboundChange
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_class
from tests.integrations.hooks import Hooks
from tests.integrations.house import House
from tests.integrations.simulators.conftest import Family
from tests.integrations.simulators.processes import VISITS

PLATFORMS = ("doctolib", "maiia", "keldoc", "clickdoc", "docorga", "medoucine")
WRITERS = tuple(each for each in PLATFORMS if Capability.UPDATE_VISITS in connector_class(each).capabilities)


class Channel:
    """The cabinet and its one platform."""

    def __init__(self, house: House, platform: str) -> None:
        self.house = house
        self.platform = platform
        self.simulator = house.simulators[platform]
        self.visits_path = VISITS[platform]
        self.tells = Capability.WEBHOOKS in connector_class(platform).capabilities

    @property
    def connection(self) -> Connection:
        """As it is now."""
        return Connection.objects.get()

    def book_there(self, start: datetime, **rest: Any) -> str:
        """Jean books on the platform, and the cabinet hears of it."""
        there = self.house.book_there(self.platform, start, **rest)
        self.house.settle()
        return there

    def visit(self, there: str) -> Appointment:
        """The visit here of that one there."""
        return self.house.visit(self.platform, there)

    def busy(self) -> list[tuple[datetime, datetime]]:
        """The times that are closed there."""
        return self.house.busy(self.platform)

    def writes(self) -> list[str]:
        """What was written there."""
        return self.house.writes(self.platform)

    def until_delivered(self) -> None:
        """News in and out, however often the platform has to be asked."""
        for _attempt in range(8):
            self.house.settle()
            if not OutboundChange.objects.filter(state="waiting").exists():
                return
            self.house.due_now()


def _channel(platform: str, hooks: Hooks, family: Family) -> Channel:
    return Channel(House(hooks, family.fresh(platform)), platform)


@pytest.fixture(params=PLATFORMS)
def channel(request: pytest.FixtureRequest, cabinet: Any, hooks: Hooks, family: Family) -> Channel:
    """Every platform; only times are closed there."""
    return _channel(request.param, hooks, family)


@pytest.fixture(params=WRITERS)
def changing(request: pytest.FixtureRequest, cabinet: Any, hooks: Hooks, family: Family) -> Channel:
    """Those that take changes of visits."""
    return _channel(request.param, hooks, family)


@pytest.fixture
def writing(changing: Channel) -> Channel:
    """Visits themselves are written there, with the patient."""
    Connection.objects.update(appointments_out=True, status_out=True)
    return changing
