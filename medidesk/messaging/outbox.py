"""What the development outbox holds, with what the ledger knows of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from medidesk.messaging.models import Channel, Message, OutboxEntry
from medidesk.messaging.segments import Weight, cost, weigh

MOST = 1_000  # entries: the latest ones


@dataclass(frozen=True, slots=True)
class Kept:
    """One message as received, and the ledger's row when there still is one."""

    entry: OutboxEntry
    message: Message | None

    @property
    def kind(self) -> str:
        """What sort of message it is."""
        return self.message.kind if self.message else ""

    @property
    def appointment(self) -> str | None:
        """The id of the visit it tells of."""
        message = self.message
        return str(message.about) if message and message.about_kind == "appointment" else None

    @property
    def weight(self) -> Weight | None:
        """What it weighs; SMS only."""
        return weigh(self.entry.text) if self.entry.channel == Channel.SMS else None

    @property
    def cost(self) -> Decimal | None:
        """Its estimated price in euros; SMS only."""
        return cost(self.entry.text, settings.MEDIDESK_SMS_PRICE) if self.entry.channel == Channel.SMS else None


def kept_messages(to: str = "") -> Iterator[Kept]:
    """What was received (by this number or address), latest first."""
    entries = OutboxEntry.objects.order_by("-received_at", "-operation_id")
    entries = list((entries.filter(to=to) if to else entries)[:MOST])
    messages = Message.objects.in_bulk([entry.operation_id for entry in entries], field_name="operation_id")
    return (Kept(entry, messages.get(entry.operation_id)) for entry in entries)
