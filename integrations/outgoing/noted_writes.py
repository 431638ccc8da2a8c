"""What is noted of a write before it is sent, and after its answer: whoever comes after a crash reads it."""

import uuid
from uuid import UUID

from django.db import transaction

from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.outgoing import outbox
from integrations.speaking.base import Connector
from integrations.speaking.vocabulary import PlatformBusy, PlatformVisit, digest
from medidesk import clock


class NotedWrites:
    """A claimed row, its connection, and the line to its platform. Everything here raises LeaseLost when the row was taken over."""

    def __init__(self, change: OutboundChange, connector: Connector) -> None:
        self.change = change
        self.connection: Connection = change.connection
        self.connector = connector
        connector.wire.reference = str(change.subject)

    @transaction.atomic
    def _about_to_write(
        self, kind: str, wanted: PlatformVisit | PlatformBusy, *, twin: ExternalReference | None = None, creates: bool = False
    ) -> UUID:
        """Note what is about to be written; answers the write's operation id."""
        row = outbox.held(self.change)
        content = wanted.content()
        row.uncertain, row.lease_until = True, clock.now() + outbox.LEASE
        row.sending = {"kind": kind, "content": content, "reference": wanted.client_reference, "creates": creates}
        row.save(update_fields=["uncertain", "sending", "lease_until"])
        if twin is not None:
            ExternalReference.objects.filter(pk=twin.pk).update(sent_hash=digest(content))
        return self._operation(kind, digest(content))

    @transaction.atomic
    def _clear_doubt(self, twin: ExternalReference | None) -> None:
        if twin is not None:
            ExternalReference.objects.filter(pk=twin.pk).update(sent_hash=twin.sent_hash)
        self._certain(outbox.held(self.change))

    def _certain(self, row: OutboundChange) -> None:
        row.uncertain = False
        row.save(update_fields=["uncertain"])

    @transaction.atomic
    def _renew(self) -> None:
        row = outbox.held(self.change)
        row.lease_until = clock.now() + outbox.LEASE
        row.save(update_fields=["lease_until"])

    def _operation(self, *about: str) -> UUID:
        """The same for each attempt at the same write of this row, another for any other write."""
        return uuid.uuid5(self.change.operation, " ".join(about))
