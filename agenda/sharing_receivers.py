"""The shared table follows what happens to a cabinet and to a practitioner."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from agenda.models import Practitioner
from agenda.sharing import restore_shared_time, say_again
from medidesk import clock
from medidesk.cabinets.entering import enter_cabinet
from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.signals import cabinet_status_changed
from medidesk.due.registry import register_work
from medidesk.shared_time.awaiting import WORK

register_work(WORK, "agenda.tasks.settle_called_conflicts")


@receiver(cabinet_status_changed, dispatch_uid="agenda-shares-time-again")
def share_time_again(cabinet: Cabinet, **_: Any) -> None:
    """A cabinet that opens again says what it takes."""
    if cabinet.is_open:
        with enter_cabinet(cabinet), transaction.atomic():
            restore_shared_time(clock.now())


@receiver(post_save, sender=Practitioner, dispatch_uid="agenda-follows-a-sharing-practitioner")
def follow_practitioner(instance: Practitioner, raw: bool = False, **_: Any) -> None:
    """Another national number is another person."""
    if instance.shares_time and not raw:
        with transaction.atomic():
            say_again([instance.pk], clock.now())
