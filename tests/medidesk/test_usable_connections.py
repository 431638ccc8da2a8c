"""Between two requests a connection is known to be alive without asking Postgres, and known to be dead when its server has gone."""

from contextlib import contextmanager

import pytest
from django.db import DataError, connection, connections


@contextmanager
def a_connection(cabinet):
    """One of its own, in the cabinet."""
    one = connections.create_connection("default")
    one.set_tenant(cabinet)
    with one.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    try:
        yield one, pid
    finally:
        one.close()


def test_an_idle_connection_is_usable_and_nothing_is_asked(cabinet):
    with a_connection(cabinet) as (one, _pid):
        with one.execute_wrapper(lambda *_: pytest.fail("Postgres was asked")):
            is_usable = one.is_usable()

        assert is_usable


def test_a_connection_whose_server_has_gone_is_not(cabinet):
    with a_connection(cabinet) as (one, pid):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

        assert not one.is_usable()


def test_a_connection_in_a_failed_transaction_is_not(cabinet):
    with a_connection(cabinet) as (one, _pid):
        one.set_autocommit(False)
        with pytest.raises(DataError), one.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

        assert not one.is_usable()
        one.rollback()
        assert one.is_usable()


def test_a_closed_connection_is_not(cabinet):
    with a_connection(cabinet) as (one, _pid):
        one.connection.close()

        assert not one.is_usable()
