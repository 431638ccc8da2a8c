"""Guard 1: a statement never runs in a cabinet that Postgres has not confirmed. Negative control: the library's own engine."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle

import psycopg2
import psycopg2.extensions
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from django_tenants.postgresql_backend.base import DatabaseWrapper as StockWrapper

from medidesk.accounts.models import User
from medidesk.cabinets.models import Cabinet
from medidesk.db.backend.base import DatabaseWrapper, NoSchemaEntered, SearchPathNotConfirmed
from tests.medidesk.two_schemas import ONE, OTHER, ask, open_connection, two_schemas


class CancelledSetCursor(psycopg2.extensions.cursor):
    """A driver's cursor whose `SET search_path` is cancelled, as by an operator or a timeout."""

    def execute(self, sql: object, params: object = None) -> None:
        if str(sql).startswith("SET search_path"):
            raise psycopg2.errors.QueryCanceled("canceling statement due to user request")
        super().execute(sql, params)


@pytest.fixture
def schemas(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), two_schemas():
        yield


def after_cancelled_set(engine: type[StockWrapper]) -> str:
    """What the second schema answers when its `SET search_path` was cancelled."""
    wrapper = open_connection(engine)
    try:
        assert ask(wrapper, ONE) == ONE
        wrapper.connection.cursor_factory = CancelledSetCursor
        return ask(wrapper, OTHER)
    finally:
        wrapper.close()


def test_the_stock_engine_answers_from_the_previous_cabinet(schemas: None) -> None:
    assert after_cancelled_set(StockWrapper) == ONE


def test_ours_refuses_to_answer(schemas: None) -> None:
    with pytest.raises(SearchPathNotConfirmed):
        after_cancelled_set(DatabaseWrapper)


def test_ours_answers_rightly_once_the_path_goes_through(schemas: None) -> None:
    wrapper = open_connection(DatabaseWrapper)
    ask(wrapper, ONE)
    wrapper.connection.cursor_factory = CancelledSetCursor
    with pytest.raises(SearchPathNotConfirmed):
        ask(wrapper, OTHER)
    wrapper.connection.cursor_factory = None

    assert ask(wrapper, OTHER) == OTHER
    wrapper.close()


def test_a_cursor_kept_across_a_change_of_cabinet_follows_it(schemas: None) -> None:
    wrapper = open_connection(DatabaseWrapper)
    wrapper.set_schema(ONE)
    cursor = wrapper.cursor()
    wrapper.set_schema(OTHER)

    cursor.execute("SELECT name FROM whoami")

    assert cursor.fetchone() == (OTHER,)
    wrapper.close()


def test_the_path_is_sent_only_when_it_changes(schemas: None) -> None:
    wrapper = open_connection(DatabaseWrapper)
    ask(wrapper, ONE)
    wrapper.connection.cursor_factory = CancelledSetCursor  # a path sent again would be refused

    wrapper.leave_schema()

    assert ask(wrapper, ONE) == ONE
    wrapper.close()


def test_a_path_undone_by_a_rollback_is_sent_again(cabinet: Cabinet, other_cabinet: Cabinet, alma: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        connection.set_tenant(other_cabinet)
        User.objects.count()
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone()[0].split(", ")[0] == other_cabinet.schema_name


def test_a_broken_transaction_is_rolled_back_to_its_savepoint(cabinet: Cabinet, other_cabinet: Cabinet, alma: User) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        connection.set_tenant(other_cabinet)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
    connection.set_tenant(cabinet)

    assert User.objects.get() == alma


def test_a_fresh_thread_has_no_schema_at_all(cabinet: Cabinet) -> None:
    seen: list[object] = []

    def ask_anything() -> None:
        try:
            seen.append(Cabinet.objects.count())
        except NoSchemaEntered:
            seen.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=ask_anything)
    thread.start()
    thread.join()

    assert seen == ["refused"]


def test_raw_copying_without_a_schema_finds_no_table(schemas: None) -> None:
    wrapper = open_connection(DatabaseWrapper)
    ask(wrapper, ONE)
    wrapper.leave_schema()

    with pytest.raises(psycopg2.errors.UndefinedTable), wrapper.cursor() as cursor:
        cursor.cursor.execute("SELECT name FROM whoami")
    wrapper.close()


def test_a_cabinet_sees_its_own_people(alma: User, chloe: User, other_cabinet: Cabinet) -> None:
    with other_cabinet:
        assert [user.email for user in User.objects.all()] == ["chloe@reunion.example"]

    assert [user.email for user in User.objects.all()] == ["alma@tourcoing.example"]


def misled_under_cancellation(engine: type[StockWrapper], seconds: float) -> bool:
    """Alternate between the schemas while another thread cancels whatever runs: did the wrong one ever answer?"""
    wrapper = open_connection(engine)
    ask(wrapper, ONE)
    over, driver, end = threading.Event(), wrapper.connection, time.monotonic() + seconds

    def cancel_all_the_time() -> None:
        while not over.is_set():
            driver.cancel()

    thread = threading.Thread(target=cancel_all_the_time)
    thread.start()
    try:
        for schema in cycle((ONE, OTHER)):
            with suppress(DatabaseError):
                if ask(wrapper, schema) != schema:
                    return True
            if time.monotonic() > end:
                return False
    finally:
        over.set()
        thread.join()
        wrapper.close()


@pytest.mark.slow
def test_real_cancellations_mislead_the_stock_engine_and_not_ours(schemas: None) -> None:
    assert misled_under_cancellation(StockWrapper, seconds=300)  # once in about 1,000 questions
    assert not misled_under_cancellation(DatabaseWrapper, seconds=10)
