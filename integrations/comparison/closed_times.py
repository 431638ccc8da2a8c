"""The times that MediDesk closed on a platform, asked for again: what vanished there is closed anew, what was doubled is opened.

Platforms list no closed times: each is asked for by our reference, one call each. A run asks for so many only, those that were confirmed
longest ago first, so that each gets its turn in the nights to come and nobody waits for ten thousand calls.
"""

from collections import defaultdict
from datetime import datetime
from itertools import islice

from django.db.models import Q
from django.db.models.functions import Coalesce

from integrations.incoming.references import place
from integrations.models import Connection, ExternalReference, Kind
from integrations.speaking.base import Connector
from integrations.speaking.vocabulary import PlatformBusy

ASKED_IN_A_RUN = 1_000


def check_closed_times(connection: Connection, connector: Connector, now: datetime) -> int:
    """Bring our references of closed times into line with the platform; answers how many were wrong. Raises the connector's errors."""
    upcoming = Q(appointment__end__gt=now) | Q(hold__expires_at__gt=now)
    standing = ExternalReference.objects.standing().filter(upcoming, connection=connection, kind=Kind.BUSY)
    by_reference: dict[str, list[ExternalReference]] = defaultdict(list)
    for row in standing.order_by(Coalesce("checked_at", "created_at"), "id"):
        by_reference[row.content.get("reference", "")].append(row)
    by_reference.pop("", None)
    wrong, confirmed = 0, list[int]()
    for reference, rows in islice(by_reference.items(), ASKED_IN_A_RUN):
        wrong += _check(connector.busy_of(reference), rows, now)
        confirmed += [row.pk for row in rows]
    ExternalReference.objects.filter(pk__in=confirmed).update(checked_at=now)
    return wrong


def _check(there: list[PlatformBusy], rows: list[ExternalReference], now: datetime) -> int:
    standing = {busy.external_id: busy for busy in there}
    known = {row.external_id for row in rows}
    vanished = [row.pk for row in rows if row.external_id not in standing]
    ExternalReference.objects.filter(pk__in=vanished).update(gone_at=now)
    elsewhere = [row for row in rows if row.external_id in standing and place(row.content) != place(standing[row.external_id].content())]
    for row in elsewhere:  # somebody moved it there: what follows tells of it again
        ExternalReference.objects.filter(pk=row.pk).update(content={**row.content, **standing[row.external_id].content()})
    unknown = [busy for external_id, busy in standing.items() if external_id not in known]
    return len(vanished) + len(elsewhere) + sum(_adopt(busy, rows[0], now) for busy in unknown)


def _adopt(busy: PlatformBusy, beside: ExternalReference, now: datetime) -> bool:
    """A closed time of ours that we did not know: from now on it is known, and will be opened if it is one too many."""
    _row, new = ExternalReference.objects.update_or_create(
        connection=beside.connection,
        kind=Kind.BUSY,
        external_id=busy.external_id,
        defaults={
            "appointment": beside.appointment,
            "hold": beside.hold,
            "ours": True,
            "content": {**busy.content(), "reference": busy.client_reference},
            "gone_at": None,
            "created_at": now,
        },
    )
    return new
