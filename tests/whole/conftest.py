"""The whole platform, started once for these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from medidesk.services.running import Demo, running
from tests.whole.cabinet_client import CabinetClient


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Everything, with the demo's two cabinets, in a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("whole")
    with running(var=folder / "var", env={"MEDIDESK_RATE_LIMITS": "off"}) as started:
        yield started


@pytest.fixture(scope="module")
def tourcoing(demo: Demo) -> Iterator[CabinetClient]:
    """The Tilleuls, as a partner with every right."""
    with CabinetClient(demo, "tourcoing") as cabinet:
        yield cabinet


@pytest.fixture(scope="module")
def reunion(demo: Demo) -> Iterator[CabinetClient]:
    """The Volcan, as a partner with every right."""
    with CabinetClient(demo, "reunion") as cabinet:
        yield cabinet
