"""Which platforms are told of whose visits, read once for many acts: most often nobody is to be told, and need not be looked for again."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from medidesk.db.prepared import run

_LISTENING = """
    SELECT 'connection:' || c.id, m.practitioner_id::text
    FROM integrations_connection c JOIN integrations_practitionermapping m ON m.connection_id = c.id
    WHERE c.mode = 'both' AND (c.busy_out OR c.appointments_out)
"""


class Listeners:
    """Who listens now. Whoever begins to listen meanwhile hears of all there is by the export of its connection, of what is not
    committed then by the comparison of the night."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, str]] = run((_LISTENING, ()))

    def nobody(self, practitioners: Iterable[UUID], origin: str) -> bool:
        """Is none of these practitioners shown to a platform but that of `origin`?"""
        those = {str(one) for one in practitioners}
        return not any(practitioner in those and connection != origin for connection, practitioner in self._pairs)


_read: ContextVar[Listeners | None] = ContextVar("who_listens_was_read", default=None)


@contextmanager
def listening_as(read: Listeners) -> Iterator[None]:
    """The acts inside go by what was read."""
    token = _read.set(read)
    try:
        yield
    finally:
        _read.reset(token)


def nobody_listens(practitioners: Iterable[UUID], origin: str) -> bool:
    """Is it known that no platform but that of `origin` is told of these practitioners?"""
    read = _read.get()
    return read is not None and read.nobody(practitioners, origin)
