"""A cabinet that is suspended, closed or deleted takes nobody's time."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.signals import cabinet_status_changed
from medidesk.shared_time.ranges import release_all


@receiver(post_delete, sender=Cabinet, dispatch_uid="shared-time-of-a-deleted-cabinet")
def forget_deleted_cabinet(instance: Cabinet, **_: Any) -> None:
    """The rows of a cabinet go with it."""
    release_all(instance.schema_name)


@receiver(cabinet_status_changed, dispatch_uid="shared-time-of-a-closed-cabinet")
def forget_closed_cabinet(cabinet: Cabinet, **_: Any) -> None:
    """Suspended or closed: its rows go, until whoever keeps its diary brings them back on opening."""
    if not cabinet.is_open:
        release_all(cabinet.schema_name)
