"""Who reminds: one of the cabinet and the platform where the visit was taken, never both, never neither.

The connection says who. Where a platform can be told visit by visit not to remind (`reminded_there`), it is told so, once; such
a visit stays the cabinet's to remind, whatever the connection says later.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from agenda.models import Appointment
from integrations.models import Connection, ExternalReference, Kind, Reminds
from integrations.outgoing import outbox
from integrations.speaking.vocabulary import PlatformVisit
from medidesk.db.prepared import run

SILENCED = "silenced"
_PRACTITIONERS = f"""
    SELECT DISTINCT c.platform, m.practitioner_id::text
    FROM integrations_connection c JOIN integrations_practitionermapping m ON m.connection_id = c.id
    WHERE c.reminds = '{Reminds.CABINET.value}'
"""

_CABINET_REMINDS = f"""
    SELECT EXISTS (
        SELECT FROM integrations_connection c JOIN integrations_practitionermapping m ON m.connection_id = c.id
        WHERE c.platform = %(platform)s AND m.practitioner_id = %(practitioner)s::uuid AND c.reminds = '{Reminds.CABINET.value}'
    ) OR EXISTS (
        SELECT FROM integrations_externalreference r JOIN integrations_connection c ON c.id = r.connection_id
        WHERE c.platform = %(platform)s AND r.appointment_id = %(visit)s::uuid AND r.kind = '{Kind.VISIT.value}'
        AND r.content @> '{{"{SILENCED}": true}}'
    )
"""


class Reminding:
    """Who reminds, read once for many visits: by practitioner, and the visits (`silenced`) that platforms were told to leave to us.

    Good for the visits that are `known` and for those entered from `now` on: platforms were told nothing of these yet.
    """

    def __init__(self, known: Iterable[UUID], silenced: Iterable[UUID], now: datetime) -> None:
        self._ours = set(run((_PRACTITIONERS, ())))
        self._known, self._silenced, self._now = frozenset(known), frozenset(silenced), now

    def answer(self, appointment: Appointment) -> bool | None:
        """Does the cabinet remind it? `None` for a visit that this knows nothing of."""
        if (appointment.source, str(appointment.practitioner_id)) in self._ours:
            return True
        if appointment.id in self._known or appointment.created_at >= self._now:
            return appointment.id in self._silenced
        return None


_read: ContextVar[Reminding | None] = ContextVar("who_reminds_was_read", default=None)


@contextmanager
def reminding_as(read: Reminding) -> Iterator[None]:
    """What is asked inside is answered by what was read."""
    token = _read.set(read)
    try:
        yield
    finally:
        _read.reset(token)


def cabinet_reminds_of_import(appointment: Appointment) -> bool:
    """Does the cabinet remind the visits of this practitioner that the platform of their source takes, or was it told to leave this one?"""
    read = _read.get()
    answered = read.answer(appointment) if read else None
    if answered is not None:
        return answered
    values = {"platform": appointment.source, "practitioner": appointment.practitioner_id, "visit": appointment.id}
    [(answer,)] = run((_CABINET_REMINDS, values))
    return bool(answer)


def platform_reminds(connection: Connection, appointment: Appointment) -> bool:
    """Shall this platform remind the visit? Only one that it took itself, and only while that is left to it."""
    return appointment.source == connection.platform and not cabinet_reminds_of_import(appointment)


def is_silenced_by(current: PlatformVisit, wanted: PlatformVisit) -> bool:
    """Would making `current` what is wanted tell the platform not to remind it any more?"""
    return current.reminded_there and not wanted.reminded_there


def have_silenced(connection: Connection, visit: PlatformVisit, appointment: Appointment | None, now: datetime) -> None:
    """News of a visit that the platform would remind as well as the cabinet: have the platform told."""
    if visit.reminded_there and appointment is not None and connection.writes and not platform_reminds(connection, appointment):
        outbox.tell(connection, appointment.id, act="reminding", now=now)


def note_silenced(twin: ExternalReference) -> None:
    """From now on the visit is the cabinet's to remind."""
    twin.content = {**twin.content, SILENCED: True}
    ExternalReference.objects.filter(pk=twin.pk).update(content=twin.content)
