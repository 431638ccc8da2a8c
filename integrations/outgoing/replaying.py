"""A person has a change that was given up, or refused as taken, tried again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.connections.acts import note_act
from integrations.models import ActKind, Connection, OutboundChange, OutboundState
from integrations.outgoing import outbox
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_of
from medidesk.errors import NotFound


@transaction.atomic
def replay_change(connection: Connection, change_id: int, *, actor: Actor, now: datetime) -> None:
    """Send this dead letter again. Raises NotFound when there is none (any more)."""
    rows = OutboundChange.objects.filter(pk=change_id, connection=connection, state=OutboundState.DEAD)
    if Capability.LOOK_UP not in connector_of(connection).capabilities:
        rows.update(uncertain=False)  # the person has looked there
    if not outbox.replay(rows, now):
        raise NotFound(_("Ce changement n’attend plus."))
    note_act(connection, ActKind.REPLAYED, actor=actor, now=now)


@transaction.atomic
def retry_blocked(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Ask again for every time that the platform refused as taken."""
    outbox.wake_blocked(connection, now)
    note_act(connection, ActKind.RETRIED, actor=actor, now=now)
