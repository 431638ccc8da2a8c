"""A cabinet that speaks Doctolib's partner protocol."""

from typing import Any

import pytest

from integrations.comparison.pulling import pull
from integrations.models import Connection
from medidesk import clock
from tests.integrations.hooks import Hooks
from tests.integrations.house import House
from tests.integrations.simulators.processes import Running

SECRET = "sim-doctolib-secret"


class PartnerHouse(House):
    """Visits themselves are written there; news come when the feed is read."""

    def connect(self, running: Running, **changes: Any) -> Connection:
        """Connect and go live."""
        values = {
            "base_url": running.simulator.url + "/partner",
            "wire_format": "partner",
            "further_keys": {"secret": SECRET},
            "flows": {"appointments_out": True, "status_out": True},
        }
        return super().connect(running, **values | changes)

    @property
    def connection(self) -> Connection:
        """As it is now."""
        return Connection.objects.get(wire_format="partner")

    def listen(self) -> None:
        """Read the feed, and apply what it said."""
        pull(self.connection, clock.now())
        super().listen()

    def standing(self) -> list[tuple[str, str]]:
        """(start, status) of every visit there."""
        return sorted((each["start"], each["status"]) for each in self.simulators["doctolib"].state()["appointments"])


@pytest.fixture
def partner(cabinet, hooks: Hooks, doctolib: Running) -> PartnerHouse:
    """The cabinet of Tourcoing, live on Doctolib by the partner protocol; its reason lasts there as long as here."""
    doctolib.simulator.setup(motives=[{"id": "mot_1", "name": "Consultation", "duration": 30}])
    return PartnerHouse(hooks, doctolib)
