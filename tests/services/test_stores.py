"""The temporary services: real servers, alone, gone afterwards."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
import redis

from medidesk.services.errors import ServiceError
from medidesk.services.processes import is_running
from medidesk.services.stores import Stores


def connect(url: str) -> "psycopg2.extensions.connection":
    parts = urlsplit(url)
    return psycopg2.connect(host=parse_qs(parts.query)["host"][0], user=parts.username, dbname=parts.path[1:])


def ask(url: str, question: str) -> object:
    connection = connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def stores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    made = Stores(folder, folder / "log", durable=False)
    made.start()
    yield made
    made.stop()
    made.postgres.remove()


def test_the_extensions_are_there_for_every_new_database(stores):
    question = "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'"
    assert ask(stores.environment["DATABASE_URL"], question) == ("btree_gist pg_trgm unaccent",)


def test_postgres_takes_no_port_and_no_other_account_reaches_its_socket(stores):
    sockets = stores.postgres.sockets
    assert (sockets.stat().st_mode & 0o777, ask(stores.environment["DATABASE_URL"], "SHOW listen_addresses")) == (0o700, ("",))


def test_valkey_asks_for_its_password(stores):
    with redis.Redis("127.0.0.1", stores.valkey.state.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_valkey_hides_its_password_in_files_of_its_owner(stores):
    files = [stores.valkey.data / name for name in ("valkey.conf", "server.json")]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]


def test_stopped_services_are_gone(stores):
    pids = [stores.postgres.pid, stores.valkey.pid]
    stores.stop()
    assert [is_running(pid) for pid in pids] == [False, False]


def test_a_second_start_keeps_the_rows(stores):
    ask(stores.environment["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    stores.stop()
    stores.start()
    assert ask(stores.environment["DATABASE_URL"], "SELECT answer FROM kept") == (42,)


def test_given_addresses_start_nothing():
    given = Stores(Path("/nowhere"), Path("/nowhere"), database_url="postgres://a@b/c", redis_url="redis://d")
    given.start()
    assert given.environment == {"DATABASE_URL": "postgres://a@b/c", "REDIS_URL": "redis://d"}


@pytest.fixture
def killed(stores):
    """The stores after a kill -9 of both servers, one row written before."""
    ask(stores.environment["DATABASE_URL"], "CREATE TABLE kept AS SELECT 42 AS answer")
    for server in (stores.postgres, stores.valkey):
        server.process.kill()
        server.process.wait()
    return stores


def test_killed_servers_start_again_with_their_rows(killed):
    killed.start()
    assert ask(killed.environment["DATABASE_URL"], "SELECT answer FROM kept") == (42,)


@pytest.fixture
def orphans(tmp_path_factory):
    """Two servers whose supervisor is gone, and a new supervisor's view of their folder."""
    folder = tmp_path_factory.mktemp("orphans")
    first, second = (Stores(folder, folder / "log", durable=False) for _ in range(2))
    first.start()
    yield first, second
    second.stop()
    first.stop()
    second.postgres.remove()


def test_servers_left_running_are_taken_over(orphans):
    first, second = orphans
    second.start()
    assert (second.postgres.pid, second.valkey.pid) == (first.postgres.pid, first.valkey.pid)


def test_servers_taken_over_are_stopped_like_ones_own(orphans):
    first, second = orphans
    second.start()
    second.stop()
    assert (first.postgres.process.wait(5), first.valkey.process.wait(5)) == (0, 0)


def test_a_cluster_of_another_postgres_is_refused_in_one_line(stores):
    stores.stop()
    (stores.postgres.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServiceError, match=r"viennent de PostgreSQL 12, le serveur trouvé est le \d+"):
        stores.start()


def test_a_first_start_cut_short_begins_again(stores):
    stores.stop()
    (stores.postgres.data / "PG_VERSION").unlink()
    stores.start()
    assert ask(stores.environment["DATABASE_URL"], "SELECT 1") == (1,)
