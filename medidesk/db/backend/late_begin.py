"""A transaction whose BEGIN travels with its first statement, and whose COMMIT with what was held back.

The driver sends BEGIN and COMMIT in turns of their own: two of the six that a booking would take. Here it stays in autocommit, and this
class opens and ends the transactions that Django asks for. Whether one is open is known from Postgres's own last word.
"""

from typing import Any

import psycopg2
from django.db.backends.base.base import debug_transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE


class LateBegin:
    """For a Postgres backend over psycopg2; stands before Django's own in the order of classes."""

    connection: Any
    autocommit: bool
    wrap_database_errors: Any

    def opening(self, sql: Any, cursor: Any) -> Any:
        """The statement as it must be sent: behind BEGIN when it is the first of a transaction."""
        if not self._is_idle():
            return sql
        if isinstance(sql, str) and cursor.name is None:
            return f"BEGIN; {sql}"
        self.begin_now()  # a cursor that Postgres keeps takes one statement alone
        return sql

    def begin_now(self) -> None:
        """Open the transaction that Django has asked for, for what cannot travel behind BEGIN."""
        if not self.autocommit and self._is_idle():
            self._say("BEGIN")

    def _is_idle(self) -> bool:
        """Is the line there, and no transaction open on it?"""
        return bool(self.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE)

    def _say(self, word: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(word)

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            if not self.connection.autocommit:
                self.connection.autocommit = True
            elif autocommit and not self._is_idle():
                raise psycopg2.ProgrammingError("autocommit cannot be set inside a transaction")

    def _commit(self) -> None:
        self._end("COMMIT")

    def _rollback(self) -> None:
        self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        """End the transaction, unless nothing was asked in it."""
        if self.connection is not None and not self._is_idle():
            with debug_transaction(self, word), self.wrap_database_errors:
                self._say(word)
