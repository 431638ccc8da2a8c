"""Cache keys that no other cabinet can meet: the schema and the cabinet's uuid are in each."""

from functools import lru_cache

from django.db import connection
from django_tenants.utils import get_public_schema_name

from medidesk.db.backend.base import NoSchemaEntered


def cabinet_key(key: str, prefix: str, version: int) -> str:
    """Return the stored key; raise `NoSchemaEntered` outside any schema rather than share an entry."""
    schema = connection.schema_name
    if schema is None:
        raise NoSchemaEntered("Enter a cabinet or public before using the cache; the alias « shared » belongs to nobody.")
    if schema == get_public_schema_name():
        return f"{prefix}:{schema}:-:{version}:{key}"
    uuid = getattr(connection.tenant, "uuid", None) or _uuid_of(schema)
    return f"{prefix}:{schema}:{uuid}:{version}:{key}"


@lru_cache(maxsize=2048)
def _uuid_of(schema: str) -> str:
    """The uuid behind a schema entered by name only; it never changes while the schema lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid FROM public.cabinets_cabinet WHERE schema_name = %s", [schema])
        return str(cursor.fetchone()[0])
