"""Visits that were cancelled before anybody here had heard of them: nothing in the agenda, a trace so that late news about them is late."""

from collections.abc import Iterable
from datetime import datetime

from integrations.models import Connection, ExternalReference, Kind
from integrations.speaking.vocabulary import PlatformVisit


def leave_traces(connection: Connection, cancelled: Iterable[PlatformVisit], now: datetime) -> None:
    """Remember that these unknown visits are cancelled there; what is known of a visit already stays as it is."""
    ExternalReference.objects.bulk_create(
        [
            ExternalReference(
                connection=connection,
                kind=Kind.VISIT,
                external_id=visit.external_id,
                version=visit.version,
                content={**visit.content(), "reason": visit.reason},
                gone_at=now,
                created_at=now,
            )
            for visit in cancelled
        ],
        ignore_conflicts=True,
    )
