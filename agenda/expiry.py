"""Holds end by themselves: each active one is pointed at for the time of its expiry, so that no sweep visits cabinets in vain."""

from typing import Any

from django.dispatch import receiver

from agenda.models import Hold
from agenda.signals import hold_changed
from medidesk.due.pointers import point, unpoint
from medidesk.due.registry import register_work

HOLDS = "holds"
register_work(HOLDS, "agenda.tasks.expire_due_holds")


@receiver(hold_changed, dispatch_uid="agenda-points-at-holds")
def point_at_hold(hold: Hold, act: str, **_: Any) -> None:
    """Follow the hold: due at its expiry while it is active, never afterwards."""
    if act in ("placed", "extended"):
        point(HOLDS, [hold.id], hold.expires_at)
    else:
        unpoint(HOLDS, [hold.id])
