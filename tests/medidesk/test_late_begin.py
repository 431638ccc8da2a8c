"""A transaction begins with its first statement and ends in one turn with what was left for later."""

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from agenda.models import Site
from medidesk.db.prepared import run, run_later
from medidesk.db.transactions import as_a_whole

RENAME = "UPDATE agenda_site SET name = %s WHERE id = %s"
TWIN = "INSERT INTO agenda_occupancyversion (resource, number) VALUES (%s, 1)"
ONE_VERSION = "agenda_occupancyversion_pkey"


class Twin(Exception):
    """What breaking the constraint means here."""


@pytest.fixture
def site(throwaway_cabinet) -> Site:
    """A site, outside any transaction."""
    return Site.objects.create(name="Cabinet")


def status() -> int:
    """What Postgres last said of the transaction."""
    return connection.connection.get_transaction_status()


def test_a_transaction_begins_with_its_first_statement(site):
    with transaction.atomic():
        before = status()
        Site.objects.filter(pk=site.pk).update(name="Autre")
        within = status()

    assert (before, within, status()) == (TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS, TRANSACTION_STATUS_IDLE)
    assert Site.objects.get().name == "Autre"


def test_what_fails_leaves_nothing(site):
    with pytest.raises(DatabaseError), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(name="Autre")
        run(("SELECT 1 / %s", [0]))

    assert (Site.objects.get().name, status()) == ("Cabinet", TRANSACTION_STATUS_IDLE)


def test_rows_that_postgres_hands_out_piece_by_piece_and_many_at_once(site):
    with transaction.atomic():
        assert [one.pk for one in Site.objects.iterator(chunk_size=1)] == [site.pk]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(RENAME, [("Un", site.pk), ("Deux", site.pk)])
        transaction.set_rollback(True)

    assert Site.objects.get().name == "Cabinet"


def test_autocommit_is_not_set_inside_a_transaction(site):
    connection.set_autocommit(False)
    Site.objects.count()
    with pytest.raises(DatabaseError) as refused:
        connection.set_autocommit(True)
    connection.rollback()
    connection.set_autocommit(True)

    assert isinstance(refused.value.__cause__, psycopg2.ProgrammingError)


def test_a_constraint_broken_by_the_commit_means_what_was_said(site):
    with pytest.raises(Twin), as_a_whole():
        run_later((RENAME, ["Autre", site.pk]), (TWIN, [site.pk]), (TWIN, [site.pk]), broken={ONE_VERSION: Twin})

    assert (Site.objects.get().name, status()) == ("Cabinet", TRANSACTION_STATUS_IDLE)


def test_a_constraint_broken_under_a_savepoint_means_it_there(site):
    with transaction.atomic():
        with pytest.raises(Twin), as_a_whole():
            run_later((TWIN, [site.pk]), (TWIN, [site.pk]), broken={ONE_VERSION: Twin})
        Site.objects.filter(pk=site.pk).update(name="Autre")

    assert Site.objects.get().name == "Autre"


def test_a_meaning_ends_with_its_transaction(site):
    with as_a_whole():
        run_later((TWIN, [site.pk]), broken={ONE_VERSION: Twin})
    with pytest.raises(IntegrityError), as_a_whole():
        run((TWIN, [site.pk]))
