"""One process of each platform for the whole run, started when first needed, reset before each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.simulators.processes import SECRET, Receiver, Running


class Family:
    """Each platform's process, started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: dict[str, Running] = {}

    def fresh(self, platform: str) -> Running:
        """That platform with a fresh store."""
        if platform not in self.started:
            self.started[platform] = Running(platform, self.folder / f"{platform}.sqlite").start()
        self.started[platform].simulator.reset()
        return self.started[platform]


@pytest.fixture(scope="session")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    """All simulators of the run."""
    made = Family(tmp_path_factory.mktemp("simulators"))
    yield made
    for running in made.started.values():
        running.kill()


@pytest.fixture
def ics(family: Family) -> Running:
    """The calendar program with a fresh store."""
    return family.fresh("ics")


@pytest.fixture
def doctolib(family: Family) -> Running:
    """Doctolib with a fresh store."""
    return family.fresh("doctolib")


@pytest.fixture
def maiia(family: Family) -> Running:
    """Maiia with a fresh store."""
    return family.fresh("maiia")


@pytest.fixture
def keldoc(family: Family) -> Running:
    """Keldoc with a fresh store."""
    return family.fresh("keldoc")


@pytest.fixture
def clickdoc(family: Family) -> Running:
    """ClickDoc with a fresh store."""
    return family.fresh("clickdoc")


@pytest.fixture
def docorga(family: Family) -> Running:
    """Docorga with a fresh store."""
    return family.fresh("docorga")


@pytest.fixture
def medoucine(family: Family) -> Running:
    """Medoucine with a fresh store."""
    return family.fresh("medoucine")


@pytest.fixture(params=["doctolib", "maiia", "keldoc", "clickdoc", "docorga", "medoucine"])
def platform(request: pytest.FixtureRequest, family: Family) -> Running:
    """Each platform in turn."""
    return family.fresh(request.param)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that accepts webhooks."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def subscribed(doctolib: Running, receiver: Receiver) -> Receiver:
    """A receiver that Doctolib tells everything."""
    doctolib.api.post("/webhooks", json={"url": receiver.url, "secret": SECRET}).raise_for_status()
    return receiver
