"""What happened to visits, in order, each as the visit was then: what partners read event by event."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from integrations.simulators import clock
from integrations.simulators.errors import CursorExpired
from integrations.simulators.store import Store
from integrations.simulators.visits import Scope, Visit, scoped

TYPES = {"created": "appointment.created", "updated": "appointment.updated", "cancelled": "appointment.deleted"}


@dataclass(frozen=True)
class FeedEvent:
    """One element of the feed."""

    id: str
    type: str
    at: datetime
    visit: Visit


class PartnerFeed:
    """Kept in the store beside the visits."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def note(self, act: str, visit: Visit) -> None:
        """Something happened; to be called in the transaction of the change."""
        told = asdict(visit) | {"start": visit.start.isoformat(), "end": visit.end.isoformat(), "patient": dict(visit.patient)}
        values = (secrets.token_hex(10), TYPES[act], visit.practitioner, clock.now().isoformat(), json.dumps(told))
        self.store.execute("INSERT INTO feed (event_id, type, practitioner, at, visit) VALUES (?, ?, ?, ?, ?)", *values)

    def after(self, last: str | None, most: int, scope: Scope) -> list[FeedEvent]:
        """The events after one, or from the first that is kept. Raises CursorExpired for one that is not known."""
        row = self.store.row("SELECT seq FROM feed WHERE event_id = ?", last) if last else None
        if last and row is None:
            raise CursorExpired
        where, values = scoped("seq > ?", (row["seq"] if row else 0,), scope)
        rows = self.store.rows(f"SELECT * FROM feed WHERE {where} ORDER BY seq LIMIT ?", *values, most)
        return [FeedEvent(each["event_id"], each["type"], datetime.fromisoformat(each["at"]), _visit(each["visit"])) for each in rows]


def _visit(text: str) -> Visit:
    values = json.loads(text)
    return Visit(**values | {name: datetime.fromisoformat(values[name]) for name in ("start", "end")})
