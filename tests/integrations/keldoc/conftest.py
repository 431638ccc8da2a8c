"""The cabinet of Tourcoing, live on Keldoc."""

from typing import Any

import pytest

from integrations.models import Connection
from tests.integrations.hooks import Hooks
from tests.integrations.house import House
from tests.integrations.simulators.processes import Running


@pytest.fixture
def clinic(cabinet: Any, hooks: Hooks, keldoc: Running) -> House:
    """Only times are closed there."""
    return House(hooks, keldoc)


@pytest.fixture
def writing(clinic: House) -> House:
    """Visits themselves are written there, with the patient."""
    Connection.objects.update(appointments_out=True, status_out=True)
    return clinic


def flags(house: House, external_id: str) -> list[str]:
    """The messages that Keldoc is told not to send about this visit."""
    patient = house.simulators["keldoc"].appointment(external_id)["patient"]
    return sorted(name.removeprefix("skip_") for name, value in patient.items() if name.startswith("skip_") and value)
