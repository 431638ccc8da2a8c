"""Tasks carry their cabinet from the request to the worker, and refuse to run without one."""

from typing import Any

from celery import shared_task
from django.core.cache import caches
from django.db import connection
from django_tenants.utils import get_public_schema_name
from structlog.contextvars import bound_contextvars
from tenant_schemas_celery.task import TenantTask

from medidesk import clock


class TaskOutsideCabinet(RuntimeError):
    """A cabinet's task was published or run while no cabinet was entered."""


class CabinetTask(TenantTask):
    """A task of the cabinet that published it; with `public=True`, a task of the platform, which always runs in public.

    Raises `TaskOutsideCabinet` on publishing and on running in public (or in no schema) unless marked.
    """

    abstract = True
    public = False

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Publish with the schema in the header."""
        return super().apply_async(args, kwargs, **self._with_schema(options))

    def apply(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Run here and now, in the schema that a worker would enter."""
        return super().apply(args, kwargs, **self._with_schema(options))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body, the cabinet bound to the logs."""
        if not self.public:
            self._refuse_outside_cabinet()
        with bound_contextvars(cabinet=connection.schema_name, task=self.name):
            return super().__call__(*args, **kwargs)

    def _with_schema(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = dict(options.get("headers") or {})
        if self.public:
            headers["_schema_name"] = get_public_schema_name()
        elif "_schema_name" not in headers:
            self._refuse_outside_cabinet()
            headers["_schema_name"] = connection.schema_name
        return {**options, "headers": headers}

    def _refuse_outside_cabinet(self) -> None:
        if connection.schema_name in (None, get_public_schema_name()):
            raise TaskOutsideCabinet(f"{self.name} needs a cabinet; mark it public=True if it belongs to the platform.")


@shared_task(public=True)
def note_pulse() -> None:
    """Leave the time where /healthz finds it: beat publishes and a worker runs."""
    caches["shared"].set("beat-pulse", clock.now().timestamp(), timeout=3600)


@shared_task(public=True)
def in_every_cabinet(task: str) -> None:
    """Queue the named task once for each open cabinet: how the timetable reaches cabinets."""
    from medidesk.cabinets.entering import enter_cabinet
    from medidesk.cabinets.models import Cabinet

    for cabinet in Cabinet.objects.open():
        with enter_cabinet(cabinet):
            note_pulse.app.tasks[task].apply_async()
