"""Guards 6 and 7: host name → cabinet, cheaply, and never the wrong one."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from medidesk.cabinets.middleware import CabinetMiddleware
from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.provisioning import close_cabinet, reopen_cabinet, suspend_cabinet
from medidesk.cabinets.routing import HostDirectory


def schema_for(host: str) -> object:
    """Which schema a request to this host is answered in."""
    seen: list[object] = []

    def note(request: HttpRequest) -> HttpResponse:
        seen.append(connection.schema_name)
        return HttpResponse()

    CabinetMiddleware(note)(RequestFactory(headers={"host": host}).get("/"))
    return seen[0] if seen else None


@pytest.fixture
def left() -> Iterator[None]:
    """The thread outside any schema, as a server's threads are between requests."""
    connection.leave_schema()
    yield
    connection.set_schema_to_public()


def test_each_host_gets_its_own_schema(cabinet: Cabinet, other_cabinet: Cabinet) -> None:
    hosts = ["tourcoing.localhost", "REUNION.localhost:8000", "localhost:8000", "127.0.0.1"]

    assert [schema_for(host) for host in hosts] == [cabinet.schema_name, other_cabinet.schema_name, "public", "public"]


@pytest.mark.parametrize("host", ["inconnu.localhost", "tourcoing.localhost.evil.example", "tourcoing", "localhost.", "a_b", ""])
def test_an_unknown_host_enters_no_cabinet(db: None, host: str) -> None:
    assert schema_for(host) in (None, "public")


def test_an_unknown_host_gets_the_public_404(cabinet: Cabinet) -> None:
    response = Client(headers={"host": "inconnu.localhost"}).get("/")

    assert response.status_code == 404
    assert cabinet.name not in response.content.decode()


def test_after_a_request_the_thread_is_back_in_what_it_was_in(cabinet: Cabinet, left: None) -> None:
    schema_for("tourcoing.localhost")

    assert connection.schema_name is None


def test_a_known_host_costs_no_query(cabinet: Cabinet) -> None:
    schema_for("tourcoing.localhost")

    with CaptureQueriesContext(connection) as asked:
        schema_for("tourcoing.localhost")

    assert len(asked) == 0


def test_a_suspended_cabinet_answers_503_at_once(cabinet: Cabinet, client: Client) -> None:
    assert client.get("/compte/login/").status_code == 200

    suspend_cabinet(cabinet)

    response = client.get("/compte/login/")
    assert (response.status_code, response["Retry-After"]) == (503, "3600")


def test_a_closed_cabinet_is_gone(cabinet: Cabinet, client: Client) -> None:
    close_cabinet(cabinet)

    assert client.get("/compte/login/").status_code == 410


def test_a_reopened_cabinet_answers_again(cabinet: Cabinet, client: Client) -> None:
    suspend_cabinet(cabinet)
    client.get("/compte/login/")
    reopen_cabinet(cabinet)

    assert client.get("/compte/login/").status_code == 200


@pytest.fixture
def seconds() -> list[float]:
    """The other process's own clock."""
    return [0.0]


@pytest.fixture
def other_process(cabinet: Cabinet, seconds: list[float]) -> HostDirectory:
    """The table of a process that has just answered for Tourcoing."""
    process = HostDirectory(monotonic=lambda: seconds[0])
    assert process.cabinet_at("tourcoing.localhost").is_open
    return process


def test_another_process_hears_of_a_suspension_within_two_seconds(
    cabinet: Cabinet, other_process: HostDirectory, seconds: list[float]
) -> None:
    suspend_cabinet(cabinet)
    seconds[0] = 2

    assert not other_process.cabinet_at("tourcoing.localhost").is_open


def test_what_nobody_announced_is_seen_within_half_a_minute(cabinet: Cabinet, other_process: HostDirectory, seconds: list[float]) -> None:
    Cabinet.objects.filter(pk=cabinet.pk).update(status=Cabinet.Status.SUSPENDED)
    seconds[0] = 31

    assert not other_process.cabinet_at("tourcoing.localhost").is_open
