"""Migrations that stay quick with a thousand schemas and never wait long for a lock."""

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.signals import schema_migrated, schema_pre_migration


def has_table(recorder: MigrationRecorder) -> bool:
    """Say whether the entered schema has its migrations table.

    Django lists every table that the path shows, a scan of the whole catalogue several times per schema; this looks one name up.
    """
    if recorder._has_table:
        return True
    with recorder.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{_schema_of(recorder.connection)}".django_migrations'])
        recorder._has_table = cursor.fetchone()[0]
    return recorder._has_table


def _schema_of(connection: BaseDatabaseWrapper) -> str:
    return getattr(connection, "schema_name", None) or "public"


def set_lock_timeout(**_: Any) -> None:
    """Give up rather than queue behind a long transaction, for that would stop every reader of the table."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [settings.MIGRATION_LOCK_TIMEOUT])


def reset_lock_timeout(**_: Any) -> None:
    """Back to the server's own setting."""
    with connections["default"].cursor() as cursor:
        cursor.execute("RESET lock_timeout")


MigrationRecorder.has_table = has_table
schema_pre_migration.connect(set_lock_timeout, dispatch_uid="medidesk-lock-timeout")
schema_migrated.connect(reset_lock_timeout, dispatch_uid="medidesk-lock-timeout-reset")
