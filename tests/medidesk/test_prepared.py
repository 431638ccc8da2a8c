"""Statements are prepared once a connection, follow the cabinet, and outlive a rollback."""

import threading
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection, transaction

from agenda.models import Site
from medidesk.db.backend.base import PLANNED_AGAIN_AT
from medidesk.db.prepared import run, run_later

COUNT = "SELECT count(*), %(n)s::int + %(n)s::int FROM agenda_site WHERE name LIKE '%%t%%' AND id <> %(id)s"


@pytest.fixture
def _fresh(cabinet):
    """A connection on which nothing is prepared."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection._prepared = set()


def prepared() -> int:
    """How many statements Postgres keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("_fresh")
def test_a_statement_is_prepared_once_and_answers_rows():
    Site.objects.create(name="Cabinet")

    assert [run((COUNT, {"n": 2, "id": uuid4()})) for _ in range(2)] == [[(1, 4)], [(1, 4)]]
    assert prepared() == 1


@pytest.mark.usefixtures("_fresh")
def test_several_statements_run_in_order_and_the_last_one_answers():
    rename = ("UPDATE agenda_site SET name = %s WHERE id = %s", ["Autre", Site.objects.create(name="Cabinet").id])

    assert run(rename, ("SELECT name FROM agenda_site", [])) == [("Autre",)]
    assert run(rename) == []


@pytest.mark.usefixtures("_fresh")
def test_a_statement_is_that_of_the_cabinet_that_is_entered(other_cabinet):
    Site.objects.create(name="Cabinet")
    here = run((COUNT, {"n": 1, "id": uuid4()}))
    with other_cabinet:
        there = run((COUNT, {"n": 1, "id": uuid4()}))

    assert (here, there, prepared()) == ([(1, 2)], [(0, 2)], 1)


@pytest.mark.usefixtures("_fresh")
def test_what_was_prepared_in_a_transaction_that_fails_is_still_there():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run((COUNT, {"n": 1, "id": uuid4()}))
        raise ZeroDivisionError

    assert run((COUNT, {"n": 1, "id": uuid4()})) == [(0, 2)]
    assert prepared() == 1


RENAME = "UPDATE agenda_site SET name = %s WHERE id = %s"


def test_what_is_left_for_later_goes_with_the_next_statement_of_the_transaction(cabinet, django_assert_num_queries):
    site = Site.objects.create(name="Cabinet")
    run_later((RENAME, ["Autre", site.id]))

    with transaction.atomic(), django_assert_num_queries(1):
        run_later((RENAME, ["Encore", site.id]))
        assert run(("SELECT name FROM agenda_site", [])) == [("Encore",)]


def test_what_is_left_for_later_is_seen_by_whoever_reads_and_by_the_cabinet_that_left_it(cabinet, other_cabinet):
    site = Site.objects.create(name="Cabinet")
    with transaction.atomic():
        run_later((RENAME, ["Autre", site.id]))
        with other_cabinet:
            there = Site.objects.count()
        run_later((RENAME, ["Encore", site.id]))

        assert (Site.objects.get().name, there) == ("Encore", 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_left_for_later_is_written_by_the_commit_and_forgotten_by_a_rollback(cabinet):
    site = Site.objects.create(name="Cabinet")
    with transaction.atomic():
        run_later((RENAME, ["Autre", site.id]))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run_later((RENAME, ["Jamais", site.id]))
        raise ZeroDivisionError

    assert Site.objects.get().name == "Autre"


def test_a_savepoint_takes_back_only_what_was_left_under_it(cabinet):
    site, other = Site.objects.create(name="Cabinet"), Site.objects.create(name="Annexe")
    with transaction.atomic():
        run_later((RENAME, ["Autre", site.id]))
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            run_later((RENAME, ["Jamais", other.id]))
            raise ZeroDivisionError

    assert sorted(Site.objects.values_list("name", flat=True)) == ["Annexe", "Autre"]


def test_a_thread_s_first_statement_may_be_a_prepared_one(cabinet):
    answers = []

    def ask() -> None:
        with cabinet:
            answers.append(run(("SELECT %s::int", [7])))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert answers == [[(7,)]]


def _noting(asked: list[str]) -> type[psycopg2.extensions.cursor]:
    """A driver's cursor that notes what it is asked."""

    class Noting(psycopg2.extensions.cursor):
        def execute(self, sql: str, values: object = None) -> None:
            asked.append(sql)
            super().execute(sql, values)

    return Noting


@pytest.mark.usefixtures("_fresh")
def test_a_connection_plans_again_what_it_planned_over_empty_tables():
    run((COUNT, {"n": 1, "id": uuid4()}))
    connection._uses = min(PLANNED_AGAIN_AT) - 1
    asked: list[str] = []
    connection.connection.cursor_factory = _noting(asked)
    try:
        run((COUNT, {"n": 1, "id": uuid4()}))
    finally:
        connection.connection.cursor_factory = None

    assert (asked[0], prepared()) == ("DISCARD PLANS", 1)
