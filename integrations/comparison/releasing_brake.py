"""A person accepts the cancellations that the brake held; a worker reads the platform again and lets them through."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.comparison.asking_comparison import compare_soon
from integrations.connections.acts import note_act
from integrations.models import ActKind, Connection
from medidesk.errors import NotFound


@transaction.atomic
def release_brake(connection: Connection, *, actor: Actor, now: datetime) -> None:
    """Let them through at the next comparison, asked for at once. Raises NotFound when nothing is held, Refused `connection-off`."""
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk).brake_held
    if not held:
        raise NotFound(_("Aucune annulation n’est retenue."))
    compare_soon(connection, now)
    Connection.objects.filter(pk=connection.pk).update(release_asked_at=now)
    count = sum(int(each["cancellations"]) for each in held)
    note_act(connection, ActKind.BRAKE_RELEASED, actor=actor, now=now, detail=str(count))
