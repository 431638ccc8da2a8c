"""The visits and busy times of one platform. Two visits, or a visit and a busy time, never share a practitioner's time.

Busy times may overlap each other: whoever moves one creates the new before deleting the old.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrations.simulators import clock
from integrations.simulators.errors import AlreadyCancelled, Invalid, NotFound, TimeTaken
from integrations.simulators.store import Store, instant, seconds

STATUSES = ("confirmed", "cancelled", "no_show", "done")
OCCUPYING = ("confirmed", "done")
LONGEST_MINUTES = 1440  # nothing a patient books lasts more than a day
PATIENT_FIELDS = ("first_name", "last_name", "birth_date", "email", "phone")

Scope = frozenset[str] | None


@dataclass(frozen=True)
class Visit:
    """A visit as the platform knows it. `key` never changes; `id` is the newest of its identifiers."""

    key: str
    id: str
    practitioner: str
    motive: str | None
    start: datetime
    end: datetime
    status: str
    version: int
    client_reference: str | None
    patient: Mapping[str, Any]
    origin: str
    updated: int = 0

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.end - self.start).total_seconds()) // 60

    @property
    def occupies(self) -> bool:
        """Whether it closes its time."""
        return self.status in OCCUPYING


@dataclass(frozen=True)
class Busy:
    """A time closed to online booking."""

    id: str
    practitioner: str
    start: datetime
    end: datetime
    client_reference: str | None


class Visits:
    """Reads and writes visits; every write is to be called inside a transaction of the store."""

    def __init__(self, store: Store, new_id: Callable[[str], str]) -> None:
        self.store = store
        self.new_id = new_id

    def add(self, visit: Visit, *, force: bool = False) -> Visit:
        """Write a new visit at version 1 (or the one it has). Raises TimeTaken unless forced."""
        if visit.occupies and not force:
            self._refuse_taken(visit)
        return self._write(replace(visit, patient=self._identified(visit.patient)))

    def change(self, visit: Visit, *, force: bool = False, **changes: Any) -> tuple[Visit, bool]:
        """Apply changes and raise the version by one; the second value says whether anything changed.

        Raises AlreadyCancelled, TimeTaken."""
        if "patient" in changes:
            changes["patient"] = self._identified(dict(visit.patient) | dict(changes["patient"]))
        changed = replace(visit, **changes)
        if changed == visit:
            return visit, False
        if visit.status == "cancelled":
            raise AlreadyCancelled
        if changed.occupies and not force and _takes_other_time(visit, changed):
            self._refuse_taken(changed)
        return self._write(replace(changed, version=visit.version + 1)), True

    def find(self, wanted: str, scope: Scope = None) -> Visit:
        """The visit under any of its identifiers, old ones included. Raises NotFound."""
        row = self.store.row("SELECT * FROM visits WHERE id = ?", wanted) or self.store.row(
            "SELECT visits.* FROM visits JOIN aliases ON aliases.visit = visits.id WHERE alias = ?", wanted
        )
        if row is None or (scope is not None and row["practitioner"] not in scope):
            raise NotFound
        return _visit(row)

    def rename(self, visit: Visit) -> Visit:
        """Give the visit a new identifier, as an export of some platforms does; the old ones still resolve."""
        renamed = replace(visit, id=self.new_id("visit"))
        with self.store.transaction():
            self.store.execute("INSERT INTO aliases VALUES (?, ?)", renamed.id, visit.key)
            self.store.execute("UPDATE visits SET public_id = ? WHERE id = ?", renamed.id, visit.key)
        return renamed

    def select(
        self, where: str, *values: Any, scope: Scope = None, order: str = "starts, id", limit: int = -1, offset: int = 0
    ) -> list[Visit]:
        """The visits that a condition of this package's own chooses, seen through a scope."""
        condition, chosen = scoped(where, values, scope)
        rows = self.store.rows(f"SELECT * FROM visits WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?", *chosen, limit, offset)
        return [_visit(row) for row in rows]

    def count(self, where: str, *values: Any, scope: Scope = None) -> int:
        """How many visits a condition chooses."""
        condition, chosen = scoped(where, values, scope)
        return self.store.count(f"SELECT count(*) FROM visits WHERE {condition}", *chosen)

    def close_time(self, practitioner: str, start: datetime, end: datetime, reference: str | None) -> Busy:
        """Close a time to online booking. Raises Invalid, and TimeTaken when a visit is there."""
        if end <= start:
            raise Invalid("end", "before the start")
        if self._visit_inside(practitioner, start, end):
            raise TimeTaken
        busy = Busy(self.new_id("busy"), practitioner, start, end, reference)
        self.store.execute("INSERT INTO busy VALUES (?, ?, ?, ?, ?)", busy.id, practitioner, seconds(start), seconds(end), reference)
        return busy

    def open_time(self, wanted: str, scope: Scope = None) -> Busy:
        """Remove a busy time. Raises NotFound."""
        found = self.busy("id = ?", wanted, scope=scope)
        if not found:
            raise NotFound
        self.store.execute("DELETE FROM busy WHERE id = ?", wanted)
        return found[0]

    def busy(self, where: str, *values: Any, scope: Scope = None) -> list[Busy]:
        """The busy times that a condition of this package's own chooses."""
        condition, chosen = scoped(where, values, scope)
        rows = self.store.rows(f"SELECT * FROM busy WHERE {condition} ORDER BY starts, id", *chosen)
        return [Busy(row["id"], row["practitioner"], instant(row["starts"]), instant(row["ends"]), row["client_reference"]) for row in rows]

    def taken(self, practitioner: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Every time that a visit or a busy time closes inside a window."""
        low, high, earliest = seconds(start), seconds(end), seconds(start - timedelta(minutes=LONGEST_MINUTES))
        rows = self.store.rows(
            "SELECT starts, ends FROM visits WHERE practitioner = ? AND starts < ? AND starts > ? AND ends > ?"
            " AND status IN ('confirmed', 'done')"
            " UNION ALL SELECT starts, ends FROM busy WHERE practitioner = ? AND starts < ? AND ends > ?",
            *(practitioner, high, earliest, low, practitioner, high, low),
        )
        return [(instant(row["starts"]), instant(row["ends"])) for row in rows]

    def _visit_inside(self, practitioner: str, start: datetime, end: datetime, but: str = "") -> bool:
        low, high, earliest = seconds(start), seconds(end), seconds(start - timedelta(minutes=LONGEST_MINUTES))
        sql = (
            "SELECT 1 FROM visits WHERE practitioner = ? AND starts < ? AND starts > ? AND ends > ? AND id <> ?"
            " AND status IN ('confirmed', 'done') LIMIT 1"
        )
        return self.store.row(sql, practitioner, high, earliest, low, but) is not None

    def _refuse_taken(self, visit: Visit) -> None:
        if self._visit_inside(visit.practitioner, visit.start, visit.end, but=visit.key):
            raise TimeTaken
        low, high = seconds(visit.start), seconds(visit.end)
        if self.store.row("SELECT 1 FROM busy WHERE practitioner = ? AND starts < ? AND ends > ? LIMIT 1", visit.practitioner, high, low):
            raise TimeTaken

    def _write(self, visit: Visit) -> Visit:
        if not 0 < visit.minutes <= LONGEST_MINUTES:
            raise Invalid("duration", "out of bounds")
        updated = self._tick()
        values = (
            *(visit.key, visit.id, visit.practitioner, visit.motive, seconds(visit.start), seconds(visit.end), visit.status),
            *(visit.version, visit.client_reference, json.dumps(dict(visit.patient)), visit.origin, updated),
        )
        self.store.execute(f"INSERT OR REPLACE INTO visits VALUES ({', '.join('?' * len(values))})", *values)
        return replace(visit, updated=updated)

    def _tick(self) -> int:
        """Microseconds that never repeat, so that a cursor on them skips nothing."""
        last = self.store.count("SELECT coalesce(max(updated), 0) FROM visits")
        return max(int(clock.now().timestamp() * 1_000_000), last + 1)

    def _identified(self, patient: Mapping[str, Any]) -> dict[str, Any]:
        """The patient with an identifier: the one given, else the one that the same name and birth date already have.

        What a platform keeps beside the usual fields (a maiden name, which messages to leave out) stays as it is given."""
        kept = {field: patient.get(field) for field in PATIENT_FIELDS}
        identity = "|".join(str(kept[field] or "").strip().casefold() for field in ("last_name", "first_name", "birth_date"))
        row = self.store.row("SELECT id FROM patients WHERE identity = ?", identity)
        wanted = patient.get("id") or (row["id"] if row else self.new_id("patient"))
        if row is None:
            self.store.execute("INSERT OR REPLACE INTO patients VALUES (?, ?)", wanted, identity)
        rest = {field: value for field, value in patient.items() if field not in kept and field != "id"}
        return {"id": wanted} | kept | rest


def _takes_other_time(before: Visit, after: Visit) -> bool:
    same = (before.practitioner, before.start, before.end) == (after.practitioner, after.start, after.end)
    return not (same and before.occupies)


def _visit(row: Any) -> Visit:
    return Visit(
        *(row["id"], row["public_id"], row["practitioner"], row["motive"], instant(row["starts"]), instant(row["ends"]), row["status"]),
        *(row["version"], row["client_reference"], json.loads(row["patient"]), row["origin"], row["updated"]),
    )


def scoped(where: str, values: Iterable[Any], scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """A condition narrowed to the practitioners of a scope."""
    if scope is None:
        return f"({where})", tuple(values)
    marks = ", ".join("?" * len(scope))
    return f"({where}) AND practitioner IN ({marks})", (*values, *sorted(scope))
