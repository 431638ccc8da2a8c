"""The owner cuts a connection: nothing is read nor written any more, the keys are forgotten; what came stays in the agenda."""

from datetime import datetime

from django.db import transaction

from agenda.actors import Actor
from integrations.comparison import pulling, reconciliation
from integrations.connections.acts import note_act
from integrations.models import ActKind, Connection, Mode, OutboundState
from integrations.outgoing import outbox
from medidesk.due import pointers


@transaction.atomic
def disconnect(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Cut it, once. Times that were closed there stay closed: only the platform's own pages can open them from now on."""
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if row.mode == Mode.OFF:
        return
    row.mode, row.api_key_sealed, row.further_keys_sealed, row.unsigned_from = Mode.OFF, b"", b"", []
    row.cursor, row.webhook_registered_at, row.exported_at = "", None, None
    row.failures, row.paused_until, row.last_error, row.brake_held, row.release_asked_at = 0, None, "", [], None
    row.save()
    row.webhook_secrets.all().delete()
    waiting = row.changes.filter(state=OutboundState.WAITING)
    pointers.unpoint(outbox.KIND, list(waiting.values_list("operation", flat=True)))
    waiting.update(state=OutboundState.DROPPED, finished_at=now, detail="disconnected", lease=None, lease_until=None)
    for kind in (pulling.KIND, reconciliation.KIND):
        pointers.unpoint(kind, [row.pk])
    note_act(row, ActKind.DISCONNECTED, actor=actor, now=now)
