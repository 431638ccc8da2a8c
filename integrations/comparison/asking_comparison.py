"""A person wants the platform compared with the agenda now; a worker does it within seconds."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.comparison.reconciliation import KIND
from integrations.connections.acts import note_act
from integrations.models import ActKind, Connection, Mode
from medidesk.due import bell, pointers
from medidesk.errors import Refused


@transaction.atomic
def ask_comparison(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Have everything read and compared at once. Raises Refused `connection-off`."""
    compare_soon(connection, now)
    note_act(connection, ActKind.COMPARED, actor=actor, now=now)


def compare_soon(connection: Connection, now: datetime) -> None:
    """The nightly comparison, now. Raises Refused `connection-off`."""
    if connection.mode == Mode.OFF:
        raise Refused(_("Cette connexion est coupée."), code="connection-off")
    pointers.point(KIND, [connection.id], now)
    bell.ring(KIND)
