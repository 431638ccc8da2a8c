"""A cabinet that reads a calendar, and what its owner does there."""

from datetime import datetime

import pytest

from agenda.models import Appointment, Practitioner
from integrations.comparison.pulling import pull
from integrations.connections.connecting import connect, start
from integrations.models import Connection
from medidesk import clock
from tests.agenda.diary import make_practitioner, make_site
from tests.integrations.simulators.processes import Running


class Reader:
    """Alma, whose own calendar is Hélène's feed on the simulator."""

    def __init__(self, running: Running) -> None:
        self.simulator = running.simulator
        self.site = make_site()
        self.alma: Practitioner = make_practitioner(self.site)
        self.connection = self.connect()

    def connect(self, address: str = "/feeds/helene.ics", **changes) -> Connection:
        """Connect and read once."""
        values = {"platform": "ics", "base_url": self.simulator.url + address, "api_key": "", "practitioners": {self.alma.id: "*"}}
        connection = connect(**values | changes, now=clock.now())
        start(connection, clock.now())
        return connection

    def add(self, begin: datetime, minutes: int = 30) -> str:
        """Her event; answers its UID."""
        person = {"first_name": "Jean", "last_name": "Secret"}
        return str(self.simulator.book("helene", begin.isoformat(), duration=minutes, patient=person, motive="event")["id"])

    def read(self) -> None:
        """The next poll, as the worker makes it."""
        pull(Connection.objects.get(pk=self.connection.pk), clock.now())

    def seen(self) -> list[tuple[datetime, str]]:
        """(start, status) of all that is here."""
        return list(Appointment.objects.order_by("start", "created_at").values_list("start", "status"))

    def fresh(self) -> Connection:
        """The connection as it is now."""
        return Connection.objects.get(pk=self.connection.pk)


@pytest.fixture
def reader(cabinet, settings, ics: Running) -> Reader:
    """The cabinet of Tourcoing."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    return Reader(ics)
