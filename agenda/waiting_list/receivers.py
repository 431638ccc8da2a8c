"""What the waiting list hears of the diary: times given back; and who words its messages, who does its due work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from agenda.freed_times import Span
from agenda.signals import time_freed
from agenda.waiting_list.offering import COMPOSER
from agenda.waiting_list.replies import hear
from agenda.waiting_list.rounds import KIND, note_freed
from agenda.waiting_list.texts import compose_offer_messages
from medidesk.due.registry import register_work
from medidesk.messaging.composing import register_composer
from medidesk.messaging.incoming import register_listener

register_composer(COMPOSER, compose_offer_messages)
register_listener(hear)
register_work(KIND, "agenda.tasks.tend_waiting_list")


@receiver(time_freed, dispatch_uid="waiting-list-notes-freed-times")
def note_freed_times(spans: Sequence[Span], origin: str, by_staff: bool, now: datetime, **_: Any) -> None:
    """Whoever waits may want them."""
    note_freed(spans, origin=origin, by_staff=by_staff, now=now)
