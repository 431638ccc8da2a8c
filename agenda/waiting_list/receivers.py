"""What the waiting list hears of the diary: times given back, holds that end; and who words its messages, who does its due work."""

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from agenda.actors import Actor
from agenda.models import Appointment, Hold
from agenda.signals import appointment_changed, hold_changed
from agenda.waiting_list.offering import COMPOSER
from agenda.waiting_list.replies import hear
from agenda.waiting_list.rounds import KIND, note_freed, reopen_after_hold
from agenda.waiting_list.texts import compose_offer_messages
from medidesk import clock
from medidesk.due.registry import register_work
from medidesk.messaging.composing import register_composer
from medidesk.messaging.incoming import register_listener

register_composer(COMPOSER, compose_offer_messages)
register_listener(hear)
register_work(KIND, "agenda.tasks.tend_waiting_list")


@receiver(appointment_changed, dispatch_uid="waiting-list-notes-freed-times")
def note_freed_time(appointment: Appointment, before: Mapping[str, Any] | None, after: Mapping[str, Any], actor: Actor, **_: Any) -> None:
    """A visit gave its time back: whoever waits may want it. The act's instant is the visit's last change."""
    note_freed(before, after, by_staff=actor.is_staff, now=appointment.updated_at)


@receiver(hold_changed, dispatch_uid="waiting-list-hears-of-holds")
def hear_of_hold(hold: Hold, act: str, **_: Any) -> None:
    """A held time is free again."""
    if act in ("released", "expired"):
        reopen_after_hold(hold, clock.now())
