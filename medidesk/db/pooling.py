"""A pooler that lends a server connection for one transaction only would answer from the wrong cabinet: refuse to start behind one."""

from contextlib import closing
from typing import Any

import psycopg2
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

ROUNDS = 20  # transactions in which the connection must stay what it was
PROBE_SCHEMA = "medidesk_probe"  # a name only: nothing is created


class TransactionPoolerFound(ImproperlyConfigured):
    """Postgres is reached through a pooler in transaction mode."""


def refuse_transaction_pooler(wrapper: Any = None) -> None:
    """Raise `TransactionPoolerFound` when the connections that `wrapper` (the default database) would open are not its own.

    One connection alone would be lent the same server connection again and again, so a second one holds a transaction open meanwhile.
    """
    parameters = (wrapper or connections["default"]).get_connection_params()
    with closing(_connect(parameters)) as first, closing(_connect(parameters)) as second:
        pid = _one(first, "SELECT pg_backend_pid()")
        _run(first, f"SET search_path = {PROBE_SCHEMA}")
        try:
            for _ in range(ROUNDS):
                _run(second, "BEGIN")
                shared = _one(second, "SELECT pg_backend_pid()") == pid
                moved = _one(first, "SELECT pg_backend_pid()") != pid or _one(first, "SHOW search_path") != PROBE_SCHEMA
                _run(second, "ROLLBACK")
                if shared or moved:
                    raise TransactionPoolerFound(
                        "Postgres is reached through a pooler in transaction mode: one cabinet would be answered with another's data. "
                        "Use session mode or a direct connection (DATABASE_URL)."
                    )
        finally:
            _run(first, "RESET search_path")


def _connect(parameters: dict[str, Any]) -> Any:
    link = psycopg2.connect(**{key: value for key, value in parameters.items() if key != "cursor_factory"})
    link.autocommit = True
    return link


def _run(link: Any, sql: str) -> None:
    with link.cursor() as cursor:
        cursor.execute(sql)


def _one(link: Any, sql: str) -> Any:
    with link.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
