"""Two bare schemas that each know their own name, and connections of either engine to read it through."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django_tenants.postgresql_backend.base import DatabaseWrapper as StockWrapper

from medidesk.db.backend.base import DatabaseWrapper as GuardedWrapper

ONE, OTHER = "guardone", "guardother"


def open_connection(engine: type[StockWrapper]) -> StockWrapper:
    """A connection of its own to the test database, through this engine."""
    return engine({**connection.settings_dict}, alias="default")


@contextmanager
def two_schemas() -> Iterator[None]:
    """Make both schemas (committed, for every connection to see), drop them afterwards."""
    maker = open_connection(GuardedWrapper)
    maker.set_schema_to_public()
    with maker.cursor() as cursor:
        for schema in (ONE, OTHER):
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {schema}")
            cursor.execute(f"CREATE TABLE {schema}.whoami AS SELECT '{schema}'::text AS name")
    try:
        yield
    finally:
        with maker.cursor() as cursor:
            for schema in (ONE, OTHER):
                cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        maker.close()


def ask(wrapper: Any, schema: str) -> str:
    """Enter the schema and ask whose table answers."""
    wrapper.set_schema(schema)
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT name FROM whoami")
        return str(cursor.fetchone()[0])
