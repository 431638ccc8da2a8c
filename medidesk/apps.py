"""The platform as a Django app: what must be in place before the first query."""

from importlib import import_module

from django.apps import AppConfig
from django.db import connection


class PlatformConfig(AppConfig):
    """Puts the guards in place and lets the thread that starts the process work in the shared schema."""

    name = "medidesk"
    label = "medidesk"
    verbose_name = "MediDesk"

    def ready(self) -> None:
        """Enter public for the starting thread (commands, migrations); every other thread begins in no schema at all."""
        for module in ("medidesk.celery", "medidesk.checks", "medidesk.db.migrating"):
            import_module(module)
        connection.set_schema_to_public()
