"""By whom messages leave. A provider is one class with `name`, `parallel` and `send`; the settings choose one per channel.

Brevo, OVHcloud and the others will each be a module here: they read their keys from the settings, send `parcel.operation_id`
wherever the provider has a place for it, and raise `ProviderUnavailable` or `ProviderRefused`.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from medidesk.messaging.models import Channel

BUILT_IN = {
    "outbox": "medidesk.messaging.providers.outbox.OutboxProvider",
    "console": "medidesk.messaging.providers.console.ConsoleProvider",
    "transport": "medidesk.messaging.providers.transport.TransportProvider",
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a provider is handed. `operation_id` is the same in every attempt at one message."""

    operation_id: UUID
    channel: str
    to: str
    text: str
    subject: str = ""
    html: str = ""


class Provider(Protocol):
    """`parallel`: may `send` be called from threads, that is, does it stay away from the database?"""

    name: str
    parallel: bool

    def send(self, parcel: Parcel) -> str:
        """Hand the message over and return the provider's own id; raise ProviderUnavailable or ProviderRefused."""


def provider_for(channel: str) -> Provider:
    """The provider that the settings name for this channel: a built-in's short name or a dotted path."""
    chosen = settings.MEDIDESK_SMS_PROVIDER if channel == Channel.SMS else settings.MEDIDESK_EMAIL_PROVIDER
    provider: Provider = import_string(BUILT_IN.get(chosen, chosen))()
    return provider
