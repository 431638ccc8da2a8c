"""A cabinet whose practitioner keeps a calendar of her own on a CalDAV server."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from agenda.models import Appointment
from integrations.caldav.connector import CaldavConnector
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import Figures, reconcile
from integrations.connections.connecting import connect, start
from integrations.models import Connection
from integrations.outgoing.draining import drain
from integrations.speaking.calls import calling
from integrations.speaking.wire import Wire
from medidesk import clock
from tests.integrations.caldav.radicale import Radicale
from tests.integrations.caldav.scripted import PARIS, Scripted
from tests.integrations.hooks import Hooks
from tests.integrations.house import House


class Calendared(House):
    """Alma, and her calendar `/alma/agenda/`."""

    def __init__(self, receiver: Hooks, server: Radicale) -> None:
        super().__init__(receiver)
        self.server = server
        self.calendar = server.make("agenda")
        self.first = self.relate()

    def relate(self, **changes: Any) -> Connection:
        """Connect, live both ways."""
        values = {
            "platform": "caldav", "base_url": self.server.url, "api_key": "secret:é", "further_keys": {"user": "alma"}, "mode": "both",
            "practitioners": {self.alma.id: self.calendar},
        }  # fmt: skip
        made = connect(**values | changes, now=clock.now())
        start(made, clock.now())
        return made

    @property
    def connection(self) -> Connection:
        """As it is now."""
        return Connection.objects.get(pk=self.first.pk)

    def read(self) -> None:
        """The next poll, as the worker makes it."""
        pull(self.connection, clock.now())

    def compare(self) -> Figures:
        """A whole comparison."""
        return reconcile(self.connection, clock.now())

    def tell(self) -> None:
        """What waits goes out."""
        self.due_now()
        while drain():
            pass

    def seen(self) -> list[tuple[datetime, str]]:
        """(start, status) of all that is here."""
        return list(Appointment.objects.order_by("start", "created_at").values_list("start", "status"))

    def connector(self) -> Any:
        """A line of its own."""
        return calling(self.connection)


@pytest.fixture(scope="session")
def radicale_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """One server for the whole run."""
    made = Radicale(tmp_path_factory.mktemp("radicale"))
    yield made
    made.stop()


@pytest.fixture
def server(radicale_process: Radicale) -> Radicale:
    """Without any calendar."""
    radicale_process.empty()
    return radicale_process


@pytest.fixture
def hooks(settings) -> Iterator[Hooks]:
    """Nothing arrives here: calendars tell nobody."""
    made = Hooks()
    settings.MEDIDESK_PORT, settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = made.port, True
    yield made
    made.close()


@pytest.fixture
def calendared(cabinet, hooks: Hooks, server: Radicale) -> Calendared:
    """The cabinet of Tourcoing."""
    return Calendared(hooks, server)


@pytest.fixture
def scripted(settings) -> Iterator[Scripted]:
    """The server."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    made = Scripted()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def connector(scripted: Scripted) -> Iterator[CaldavConnector]:
    """A connector of Alma's."""
    wire = Wire(scripted.url, CaldavConnector.headers({"user": "alma", "api_key": "secret"}))
    yield CaldavConnector(wire, PARIS)
    wire.close()
