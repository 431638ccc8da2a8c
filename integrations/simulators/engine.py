"""One simulated platform: its store, its rules, and what everybody is told when something changes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from integrations.simulators.directory import Directory
from integrations.simulators.errors import Invalid
from integrations.simulators.faults import Faults
from integrations.simulators.ledger import Ledger
from integrations.simulators.store import CONTENT_TABLES, DIRECTORY_TABLES, Store
from integrations.simulators.visits import Busy, Scope, Visit, Visits
from integrations.simulators.webhooks import Outgoing
from integrations.simulators.wire import Manner


@dataclass(frozen=True)
class Answer:
    """What a platform answers; `subject` is the visit or busy time it was about, for the ledger."""

    status: int
    payload: Any = None
    subject: str = ""


Handler = Callable[["Call"], Answer]


class Platform(Protocol):
    """What tells one platform from another: its words on the wire."""

    slug: str
    label: str
    badge: str
    prefix: str
    default_key: str
    idempotency_header: str  # empty: two equal calls are two acts
    defaults: Mapping[str, Any]
    engine: "Engine"

    def new_id(self, kind: str) -> str: ...

    def phone(self, e164: str) -> str: ...

    def key_of(self, headers: Mapping[str, str]) -> str: ...

    def speaks(self, headers: Mapping[str, str]) -> bool: ...

    def event_type(self, act: str) -> str: ...

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]: ...

    def signed(self, secret: str, event_id: str, body: str, *, skew: float = 0) -> dict[str, str]: ...

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]: ...

    def error(self, code: str) -> dict[str, Any]: ...

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None: ...

    def routes(self) -> list[tuple[str, str, Handler]]: ...


@dataclass(frozen=True)
class Call:
    """One call of the API, read and admitted."""

    engine: "Engine"
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    api_key: str
    scope: Scope
    manner: Manner
    faults: frozenset[str]

    def shown(self, visit: Visit) -> Visit:
        """The visit under the identifier that this answer shall give it."""
        return self.engine.visits.rename(visit) if self.manner.rewrite_ids else visit

    def cut_short(self, items: list[Any]) -> tuple[list[Any], bool]:
        """Half of a page when a truncation was ordered, and whether it was."""
        if self.faults & {"truncate", "truncate-silent", "truncate-lying"}:
            return items[: len(items) // 2], True
        return items, False

    def known_practitioner(self, wanted: str | None, field: str) -> str:
        """The practitioner named, if this key may see them. Raises Invalid."""
        if wanted is None or not self.engine.directory.practitioner(wanted) or (self.scope is not None and wanted not in self.scope):
            raise Invalid(field, "unknown")
        return wanted


class Engine:
    """The acts of a platform. Each is one transaction: the change, its version, and the webhooks it causes."""

    def __init__(self, platform: Platform, path: Path) -> None:
        self.platform = platform
        platform.engine = self
        self.store = Store(path)
        self.directory = Directory(self.store, platform.default_key, platform.defaults)
        self.visits = Visits(self.store, platform.new_id)
        self.faults = Faults(self.store)
        self.ledger = Ledger(self.store)
        self.watchers: list[Callable[[str, Visit], None]] = []
        self.outgoing = Outgoing(self.store, self.faults, self.ledger, self.directory.scope_of, platform.signed)

    def book(
        self,
        *,
        practitioner: str,
        start: datetime,
        minutes: int,
        patient: Mapping[str, Any],
        origin: str,
        motive: str | None = None,
        reference: str | None = None,
        force: bool = False,
    ) -> Visit:
        """Book a visit. Raises TimeTaken unless forced."""
        key = self.platform.new_id("visit")
        end = start + timedelta(minutes=minutes)
        visit = Visit(key, key, practitioner, motive, start, end, "confirmed", 1, reference, patient, origin)
        with self.store.transaction():
            visit = self.visits.add(visit, force=force)
            self._tell("created", visit, origin)
        return visit

    def change(self, visit: Visit, *, origin: str, force: bool = False, **changes: Any) -> Visit:
        """Move, mark or cancel a visit; without a real change nothing happens. Raises TimeTaken, AlreadyCancelled."""
        with self.store.transaction():
            changed, different = self.visits.change(visit, force=force, **changes)
            if different:
                self._tell("cancelled" if changed.status == "cancelled" else "updated", changed, origin)
        return changed

    def cancel(self, visit: Visit, *, origin: str) -> Visit:
        """Cancel a visit; one that is cancelled already stays as it is."""
        return visit if visit.status == "cancelled" else self.change(visit, origin=origin, status="cancelled")

    def close_time(self, practitioner: str, start: datetime, end: datetime, reference: str | None) -> Busy:
        """Close a time to online booking. Raises TimeTaken, Invalid."""
        with self.store.transaction():
            return self.visits.close_time(practitioner, start, end, reference)

    def preload(self, visit: Visit) -> Visit:
        """Write a visit as it is given, overlapping or not, and tell nobody."""
        with self.store.transaction():
            return self.visits.add(visit, force=True)

    def subscribe(self, url: str, secret: str, events: str, api_key: str) -> str:
        """Send events to this address from now on; a known address gets the new secret and keeps its identifier."""
        with self.store.transaction():
            row = self.store.row("SELECT id FROM subscriptions WHERE url = ?", url)
            wanted = row["id"] if row else f"sub_{secrets.token_hex(6)}"
            self.store.execute("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?)", wanted, url, secret, events, api_key)
        return str(wanted)

    def forget_subscriptions(self) -> None:
        """Nobody listens any more; what was to be sent to them is not."""
        with self.store.transaction():
            self.store.execute("DELETE FROM queue")
            self.store.execute("DELETE FROM subscriptions")

    def reset(self) -> None:
        """A fresh store: the default directory and no visit, subscription, fault or line in the ledger."""
        with self.store.transaction():
            self.store.clear(CONTENT_TABLES + DIRECTORY_TABLES)
            self.directory.restore_defaults()

    def _tell(self, act: str, visit: Visit, origin: str) -> None:
        if origin == "api" and not self.store.setting("echo", True):
            return
        for watcher in self.watchers:
            watcher(act, visit)
        self.outgoing.announce(self.platform, act, visit, self.visits.rename)
