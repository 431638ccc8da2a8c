"""How far the comparison of a connection is, for whoever looks meanwhile. A sign on the side: whether it is lost changes nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection as database

from integrations.models import Connection
from medidesk import clock
from medidesk.after_commit import line

# A worker that dies is not believed to be at work for longer.
BELIEVED_SECONDS = 120
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Visits looked at, of how many (0 while the platform is still being asked which there are), since when."""

    done: int
    total: int
    since: datetime

    @property
    def left(self) -> int:
        """Visits still to be looked at."""
        return self.total - self.done

    def time_left(self, now: datetime) -> timedelta | None:
        """At the pace so far; `None` while nobody can tell."""
        return (now - self.since) / self.done * self.left if self.done else None


@contextmanager
def shown(connection: Connection) -> Iterator[Tell]:
    """Say that a comparison is under way, until the block ends; what is given takes how many visits of how many were looked at."""
    began = clock.now()

    def tell(done: int, total: int) -> None:
        nonlocal began
        began = began if done else clock.now()
        _keep(connection.pk, done, total, began)

    _keep(connection.pk, 0, 0, began)
    try:
        yield tell
    finally:
        line().ask([("DEL", _key(connection.pk))])


def progress_of(connection: UUID) -> Progress | None:
    """Where the comparison is; `None` when none is under way, or nobody knows."""
    heard = line().ask([("GET", _key(connection))])
    if not heard or heard[0] is None:
        return None
    done, total, since = json.loads(heard[0])
    return Progress(done, total, datetime.fromisoformat(since))


def _keep(connection: UUID, done: int, total: int, since: datetime) -> None:
    line().ask([("SET", _key(connection), json.dumps([done, total, since.isoformat()]), "EX", BELIEVED_SECONDS)])


def _key(connection: UUID) -> str:
    return f"medidesk:comparison:{database.schema_name}:{connection}"
