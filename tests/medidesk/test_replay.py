"""Guard 8: a schema made by replay is the one that migrations make."""

import re

import pytest
from django.db import connection

from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.replay import MODEL, _pg_dump, replay_schema, structure_of

QUERIES = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default, is_identity, character_maximum_length, "
    "generation_expression FROM information_schema.columns WHERE table_schema = %s ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = %s::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2",
    "functions": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = %s::regnamespace ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON "
    "pg_class.oid = tgrelid WHERE NOT tgisinternal AND relnamespace = %s::regnamespace ORDER BY 1, 2",
}
PG_DUMP = _pg_dump()
needs_pg_dump = pytest.mark.skipif(PG_DUMP is None, reason="no pg_dump here")


def catalogue(schema: str, question: str) -> list[tuple[str, ...]]:
    """What Postgres knows of a schema, its name left out."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[question], [schema])
        return sorted(tuple(plain(str(value), schema) for value in row) for row in cursor.fetchall())


def plain(definition: str, schema: str) -> str:
    """A definition without its schema, and without the casts and brackets that Postgres places anew each time it reads one."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", definition.replace(f"{schema}.", "").replace(schema, ""))


def filled_tables(schema: str) -> dict[str, int]:
    """How many rows lie in each table that has any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [schema])
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {schema}.{name}" for name in tables))
        return {name: count for name, count in cursor.fetchall() if count}


@pytest.fixture
def replayed(cabinet: Cabinet) -> str:
    """A schema made by replay, undone with the test."""
    connection.set_schema_to_public()
    assert replay_schema("creplayed")
    return "creplayed"


@pytest.fixture
def migrated(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A schema made by migrations."""
    connection.set_schema_to_public()
    monkeypatch.setattr("medidesk.cabinets.replay._pg_dump", lambda: None)
    cabinet = Cabinet(name="Par migrations", slug="par-migrations")
    cabinet.save(verbosity=0)
    return cabinet.schema_name


@needs_pg_dump
def test_a_replayed_schema_is_a_migrated_one(replayed: str, migrated: str) -> None:
    for question in QUERIES:
        assert catalogue(replayed, question) == catalogue(migrated, question), question


@needs_pg_dump
def test_a_replayed_schema_has_the_rows_that_migrations_leave(replayed: str, migrated: str) -> None:
    assert filled_tables(replayed) == filled_tables(migrated)


@needs_pg_dump
def test_inside_a_transaction_an_old_model_is_left_to_the_migrations(cabinet: Cabinet) -> None:
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {MODEL}.django_migrations WHERE app = 'agenda'")

    assert not replay_schema("creplayed")


@needs_pg_dump
def test_the_model_tells_no_data_and_sets_nothing(cabinet: Cabinet) -> None:
    script = structure_of(MODEL, PG_DUMP)

    assert script.startswith("CREATE SCHEMA")
    assert "set_config" not in script and cabinet.name not in script
