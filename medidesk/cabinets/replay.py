"""A new cabinet's schema by replay of a model that the migrations made: a tenth of the time, and no data of anybody.

The model is a schema of no cabinet. Migrations stay the truth: they make the model, a test compares, and without pg_dump they are run.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from medidesk.services.binaries import find_postgres
from medidesk.services.errors import ServiceError

MODEL = "modelcabinet"
TIMEOUT = 60  # seconds for one dump of one structure


class ReplayFailed(RuntimeError):
    """pg_dump did not give the structure."""


def replay_schema(target: str) -> bool:
    """Make the schema `target` like the model; say whether it could be done (else run the migrations)."""
    program = _pg_dump()
    if program is None or not _model_is_ready():
        return False
    with connection.cursor() as cursor:
        cursor.execute(structure_of(MODEL, program).replace(MODEL, target))
    return True


def structure_of(schema: str, program: Path) -> str:
    """Return the statements that make the schema and its first rows, without the session settings that would outlive them."""
    parameters = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}
    told = {names[key]: str(value) for key, value in parameters.items() if key in names and value}
    argv = [str(program), "--no-owner", "--no-privileges", "--rows-per-insert=200", f"--schema={schema}"]
    done = subprocess.run(argv, env={**os.environ, **told}, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise ReplayFailed(done.stderr.strip())
    return "\n".join(_statements(done.stdout))


def _statements(dump: str) -> Iterator[str]:
    """Drop the head (session settings) and the commands meant for psql alone."""
    begun = False
    for line in dump.splitlines():
        begun = begun or line.startswith("CREATE SCHEMA")
        if begun and not line.startswith(("\\restrict", "\\unrestrict")):
            yield line


def _pg_dump() -> Path | None:
    """The program: beside the server's own, else the system's."""
    try:
        beside = find_postgres().folder / "pg_dump"
    except ServiceError:
        beside = Path("/nonexistent")
    found = str(beside) if beside.exists() else shutil.which("pg_dump")
    return Path(found) if found else None


def _model_is_ready() -> bool:
    """Bring the model up to date; impossible inside a transaction, for pg_dump would not see it."""
    if set(MigrationLoader(None).disk_migrations) <= _applied():
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {MODEL}")
    call_command("migrate_schemas", schema_name=MODEL, tenant=True, interactive=False, verbosity=0)
    return True


def _applied() -> set[tuple[str, str]]:
    """The migrations that the model has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{MODEL}.django_migrations"])
        if not cursor.fetchone()[0]:
            return set()
        cursor.execute(f"SELECT app, name FROM {MODEL}.django_migrations")
        return set(cursor.fetchall())
