"""Who did what with a connection: written with the act itself."""

from datetime import datetime

from agenda.actors import Actor
from integrations.models import Connection, ConnectionAct


def note_act(connection: Connection, kind: str, *, actor: Actor, now: datetime, detail: str = "") -> None:
    """Keep that this person did this; `detail` never holds a key nor a patient."""
    ConnectionAct.objects.create(connection=connection, kind=kind, by=actor.name[:150], detail=detail[:300], at=now)
