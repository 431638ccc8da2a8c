"""A connection that runs a statement only when Postgres has confirmed the search path that the program asked for.

The library's own backend swallows an error of `SET search_path` and lets the next statement run in the previous cabinet.
Here the path asked for and the path confirmed are two values; they are compared before every statement, and sent only when they differ.
A thread that has entered nothing has no schema at all: any statement of its is refused.
"""

import select
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django.db.utils import DatabaseError, IntegrityError, OperationalError
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from django_tenants.postgresql_backend.base import _check_schema_name
from django_tenants.utils import get_public_schema_name, quote_schema_name
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_INTRANS

from medidesk.db.backend.late_begin import LateBegin

Path = tuple[str, ...]
Held = list[tuple[str, list[Any]]]  # statements with their values
# The uses of prepared statements after which a connection has them planned again: what was planned over tables that were still empty reads
# them from end to end, until Postgres hears that they have grown.
PLANNED_AGAIN_AT = frozenset({200, 2_000, 20_000})


class SearchPathNotConfirmed(OperationalError):
    """Postgres has not confirmed the search path: the statement is not run, the caller may try again."""


class NoSchemaEntered(RuntimeError):
    """A statement in a thread that has entered neither a cabinet nor public."""


class ConfirmedCursor(CursorWrapper):
    """Confirms the path again before each statement, so that a cursor kept across a change of cabinet follows it.

    What was held back is sent before, so that nobody sees that it was.
    """

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run one statement, the path confirmed."""
        self.db.send_held()
        self.db.confirm_search_path(statement=True)
        return super().execute(sql, params)

    def executemany(self, sql: Any, param_list: Any) -> Any:
        """Run one statement for each row, the path confirmed."""
        self.db.send_held()
        self.db.confirm_search_path(statement=True)
        return super().executemany(sql, param_list)

    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        if not self.db.autocommit:
            with self.db.wrap_database_errors:
                sql = self.db.opening(sql, self.cursor)
        try:
            return super()._execute(sql, params, *ignored)
        except IntegrityError as problem:
            if (error := self.db.meaning_of(problem)) is None or self.db.is_committing:
                raise  # from a commit Django expects its own errors: whoever began asks for the meaning
            raise error from problem

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        with self.db.wrap_database_errors:
            self.db.begin_now()
        return super()._executemany(sql, param_list, *ignored)

    def callproc(self, procname: str, params: Any = None, kparams: Any = None) -> Any:
        """Call a procedure, the path confirmed."""
        self.db.send_held()
        self.db.confirm_search_path(statement=True)
        self.db.begin_now()
        return super().callproc(procname, params, kparams)


class ConfirmedDebugCursor(ConfirmedCursor, CursorDebugWrapper):
    """The same, with the statements noted for whoever counts them."""


class DatabaseWrapper(LateBegin, TenantDatabaseWrapper):
    """The guarded connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._wanted: Path | None = None
        self.search_path_set_schemas: Path | None = None
        self._unguarded = False
        self._prepared: set[str] = set()
        self._uses = 0
        self._held: Held = []
        self._held_for: Path | None = None
        self._meanings: dict[str, Callable[[], Exception]] = {}
        self.is_committing = False
        super().__init__(*args, **kwargs)
        self.leave_schema()

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Ask for a cabinet's schema (`None`: for no schema); nothing is sent before the next statement."""
        if tenant is None:
            self.leave_schema()
            return
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)
        _check_schema_name(self.schema_name)
        public = get_public_schema_name()
        self._wanted = (self.schema_name, public) if include_public and self.schema_name != public else (self.schema_name,)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection, on which nothing is prepared."""
        self._prepared, self._uses = set(), 0
        return super().get_new_connection(conn_params)

    def init_connection_state(self) -> None:
        """Prepare the connection: what it prepares is planned for any values, else Postgres plans some statements at every use; and for
        data in memory or on a disk that does not turn, else it reads whole tables of some hundred rows for one of them."""
        super().init_connection_state()
        with self.connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1")

    def prepare_once(self, name: str, statement: str) -> None:
        """Let Postgres prepare the statement of that name (`PREPARE name AS …`) unless this connection has; no rollback undoes it."""
        self.ensure_connection()  # what was prepared on one that has been closed is gone with it
        if name not in self._prepared:
            self.confirm_search_path(statement=True)
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute(statement)
            self._prepared.add(name)
        self._uses += 1
        if self._uses in PLANNED_AGAIN_AT and self.connection.get_transaction_status() != TRANSACTION_STATUS_INERROR:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("DISCARD PLANS")

    def hold_back(self, sql: str, values: list[Any]) -> None:
        """Let a statement whose answer nobody reads go out with the next one of the transaction, at the latest before its commit."""
        if self._held_for != self._wanted:
            self.send_held()
        self._held_for = self._wanted
        self._held.append((sql, values))
        if not self.in_atomic_block:
            self.send_held()

    def expect(self, meanings: Mapping[str, Callable[[], Exception]]) -> None:
        """From now on in this transaction, breaking the constraint of such a name is that error."""
        self._meanings.update(meanings)

    def meaning_of(self, problem: Exception) -> Exception | None:
        """The error that was expected for the constraint which the last transaction broke."""
        diagnosis = getattr(problem.__cause__, "diag", None)
        meaning = self._meanings.get(diagnosis.constraint_name) if diagnosis is not None and diagnosis.constraint_name else None
        return meaning() if meaning else None

    def take_held(self) -> Held:
        """What was held back in the present schema, for whoever sends it now."""
        if self._held_for != self._wanted:
            self.send_held()
        held, self._held = self._held, []
        return held

    def send_held(self, *last: str) -> None:
        """Send what was held back, in the schema in which it was, and behind it these words."""
        if not self._held:
            return
        held, self._held = self._held, []
        wanted, self._wanted = self._wanted, self._held_for
        try:
            with self.cursor() as cursor:
                cursor.execute("; ".join([*(sql for sql, _ in held), *last]), [value for _, values in held for value in values])
        finally:
            self._wanted = wanted

    def is_usable(self) -> bool:
        """Can the connection be used again? Postgres is asked only when something is odd: a server that has gone has closed its end of
        the line, so that there is something to be read on a line that should be silent."""
        try:
            line, status = self.connection.fileno(), self.connection.info.transaction_status
        except psycopg2.Error:
            return False
        waiting = select.poll()
        waiting.register(line, select.POLLIN)
        is_well = status in (TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS) and not waiting.poll(0)
        return is_well or super().is_usable()

    def leave_schema(self) -> None:
        """Enter nothing: the state in which every thread begins and every request ends."""
        self.tenant = None
        self.schema_name = None
        self.include_public_schema = True
        self._wanted = None

    def confirm_search_path(self, *, statement: bool = False) -> None:
        """Make sure that Postgres resolves names in the schema asked for.

        Raises `NoSchemaEntered` for a statement outside any schema, `SearchPathNotConfirmed` when Postgres did not take the path.
        """
        if self._unguarded or self.alias == NO_DB_ALIAS:
            return
        if self._wanted is None and statement:
            raise NoSchemaEntered("Enter a cabinet (medidesk.cabinets.entering) or public before asking the database anything.")
        wanted = self._wanted or ()
        if self.search_path_set_schemas == wanted:
            return
        self.search_path_set_schemas = None  # forgotten first: whatever interrupts the next lines, nothing is taken for confirmed
        self._send_search_path(wanted)
        self.search_path_set_schemas = wanted

    def _send_search_path(self, path: Sequence[str]) -> None:
        names = ",".join(quote_schema_name(name) for name in path) or "''"
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SET search_path = {names}")
        except (DatabaseError, psycopg2.Error) as error:
            raise SearchPathNotConfirmed(f"search_path not set to {names}: {error}") from error

    def _handle_search_path(self, cursor: Any = None) -> None:
        self.confirm_search_path()

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a driver's cursor with the guard."""
        return ConfirmedCursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> CursorWrapper:
        """Wrap a driver's cursor with the guard and the statement log."""
        return ConfirmedDebugCursor(cursor, self)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)
        if not autocommit:
            self._meanings = {}

    def _commit(self) -> None:
        self.is_committing = True
        try:
            if self._held:
                self.send_held("COMMIT")
            else:
                super()._commit()
        finally:
            self.is_committing = False

    def _rollback(self) -> None:
        self._held = []
        super()._rollback()

    def _close(self) -> None:
        self._held = []
        super()._close()

    def _savepoint_rollback(self, sid: str) -> None:
        self._held = []  # all of it was held back since the savepoint, whose making sent the rest
        # In an aborted transaction nothing but the way back is accepted, and the way back resolves no name.
        with self._without_guard():
            super()._savepoint_rollback(sid)

    @contextmanager
    def _without_guard(self) -> Iterator[None]:
        self._unguarded = True
        try:
            yield
        finally:
            self._unguarded = False
