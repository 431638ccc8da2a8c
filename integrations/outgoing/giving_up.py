"""A person wants a change no more: it stays in the ledger, and no timetable sends it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.connections.acts import note_act
from integrations.models import ActKind, Connection, OutboundChange, OutboundState
from medidesk.errors import NotFound


@transaction.atomic
def give_up_change(connection: Connection, change_id: int, *, actor: Actor, now: datetime) -> None:
    """Drop this dead letter or refused time; the next change of the same visit is told as ever. Raises NotFound."""
    rows = OutboundChange.objects.filter(pk=change_id, connection=connection, state__in=(OutboundState.DEAD, OutboundState.BLOCKED))
    if not rows.update(state=OutboundState.DROPPED, finished_at=now):
        raise NotFound(_("Ce changement n’attend plus."))
    note_act(connection, ActKind.GIVEN_UP, actor=actor, now=now)
