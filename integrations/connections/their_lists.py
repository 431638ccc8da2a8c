"""Who and what the platform knows, asked of it now."""

from dataclasses import dataclass
from datetime import datetime

from integrations.connections.likeness import Named
from integrations.errors import ConnectorError
from integrations.models import Connection
from integrations.speaking.calls import calling, note_failure, note_read


@dataclass(frozen=True, slots=True)
class TheirLists:
    """Everybody with an agenda there, and every reason."""

    practitioners: tuple[Named, ...] = ()
    reasons: tuple[Named, ...] = ()


def their_lists(connection: Connection, now: datetime) -> TheirLists:
    """Read both lists. Raises ConnectorError, once it is noted."""
    try:
        with calling(connection) as connector:
            practitioners = connector.practitioners()
            reasons, minutes = connector.reasons(), connector.reason_minutes()
    except ConnectorError as problem:
        note_failure(connection, problem, now)
        raise
    note_read(connection, now)
    return TheirLists(
        tuple(Named(external_id, name) for external_id, name in practitioners),
        tuple(Named(external_id, name, minutes.get(external_id, 0)) for external_id, name in reasons),
    )
