"""The development provider: what it is given is kept in a table and shown under /_dev/outbox."""

from medidesk.messaging.models import OutboxEntry
from medidesk.messaging.providers import Parcel


class OutboxProvider:
    """Keeps messages in the cabinet's schema, each operation once."""

    name = "outbox"
    parallel = False

    def send(self, parcel: Parcel) -> str:
        """Keep the message; an operation already kept is only acknowledged again."""
        fields = {"channel": parcel.channel, "to": parcel.to, "subject": parcel.subject, "text": parcel.text, "html": parcel.html}
        OutboxEntry.objects.get_or_create(operation_id=parcel.operation_id, defaults=fields)
        return str(parcel.operation_id)
