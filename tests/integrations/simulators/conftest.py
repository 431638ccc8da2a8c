"""One process of each platform for the whole run, reset before each test."""

from collections.abc import Iterator

import pytest

from tests.integrations.simulators.processes import SECRET, Receiver, Running


@pytest.fixture(scope="session")
def doctolib_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The Doctolib simulator."""
    running = Running("doctolib", tmp_path_factory.mktemp("doctolib") / "store.sqlite").start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def maiia_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The Maiia simulator."""
    running = Running("maiia", tmp_path_factory.mktemp("maiia") / "store.sqlite").start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def keldoc_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The Keldoc simulator."""
    running = Running("keldoc", tmp_path_factory.mktemp("keldoc") / "store.sqlite").start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def ics_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The calendar program."""
    running = Running("ics", tmp_path_factory.mktemp("ics") / "store.sqlite").start()
    yield running
    running.kill()


@pytest.fixture
def ics(ics_process: Running) -> Running:
    """The calendar program with a fresh store."""
    ics_process.simulator.reset()
    return ics_process


@pytest.fixture
def doctolib(doctolib_process: Running) -> Running:
    """Doctolib with a fresh store."""
    doctolib_process.simulator.reset()
    return doctolib_process


@pytest.fixture
def maiia(maiia_process: Running) -> Running:
    """Maiia with a fresh store."""
    maiia_process.simulator.reset()
    return maiia_process


@pytest.fixture
def keldoc(keldoc_process: Running) -> Running:
    """Keldoc with a fresh store."""
    keldoc_process.simulator.reset()
    return keldoc_process


@pytest.fixture(params=["doctolib", "maiia", "keldoc"])
def platform(request: pytest.FixtureRequest) -> Running:
    """Each platform in turn."""
    return request.getfixturevalue(request.param)


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
