"""The owner has the secret that signs the platform's messages replaced."""

from datetime import datetime

from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.connections.acts import note_act
from integrations.connections.going_live import rotate_secret
from integrations.errors import ConnectorError
from integrations.models import ActKind, Connection, Mode
from integrations.speaking.calls import note_failure
from medidesk.errors import Refused


def rotate_webhook_secret(connection: Connection, *, actor: Actor, now: datetime) -> bool:
    """A new secret at once, the old ones good for 24 hours. Answers whether the platform knows it already; else it is told within minutes.

    Raises Refused `connection-off`.
    """
    if connection.mode == Mode.OFF:
        raise Refused(_("Cette connexion est coupée."), code="connection-off")
    told = True
    try:
        rotate_secret(connection, now)
    except ConnectorError as problem:
        told = False
        note_failure(connection, problem, now)
        Connection.objects.filter(pk=connection.pk).update(webhook_registered_at=None)
    note_act(connection, ActKind.SECRET_ROTATED, actor=actor, now=now)
    return told
