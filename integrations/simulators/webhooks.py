"""Webhooks out: queued in the store with the change that causes them, signed per Standard Webhooks, retried for a day."""

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from integrations.simulators import clock
from integrations.simulators.faults import Fault, Faults, first, named
from integrations.simulators.ledger import Ledger
from integrations.simulators.store import Store
from integrations.simulators.visits import Visit
from integrations.simulators.wire import Manner

BACKOFF_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)
GIVE_UP_AFTER_SECONDS = 24 * 3600
AT_ONCE = 16  # deliveries in flight
ANSWER_WITHIN_SECONDS = 10


class Speaker(Protocol):
    """What the queue asks of a platform: the name of an event and its words."""

    def event_type(self, act: str) -> str: ...

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]: ...


class Outgoing:
    """The queue of webhooks and the worker that empties it."""

    def __init__(
        self,
        store: Store,
        faults: Faults,
        ledger: Ledger,
        scope_of: Callable[[str], frozenset[str] | None],
        sign: Callable[..., dict[str, str]],
    ) -> None:
        self.store = store
        self.faults = faults
        self.ledger = ledger
        self.scope_of = scope_of
        self.sign = sign
        self.bell = asyncio.Event()
        self.in_flight: dict[int, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def announce(self, speaker: Speaker, act: str, visit: Visit, rename: Callable[[Visit], Visit]) -> None:
        """Queue the event for each subscription concerned; to be called in the transaction of the change."""
        type_ = speaker.event_type(act)
        subscriptions = [each for each in self.store.rows("SELECT * FROM subscriptions") if self._concerns(each, type_, visit)]
        if not subscriptions:
            return
        faults = self.faults.for_event(type_, f"{visit.id} {visit.client_reference} {json.dumps(dict(visit.patient), ensure_ascii=False)}")
        manner = Manner.of(faults)
        told = rename(visit) if manner.rewrite_ids else visit
        event_id = f"evt_{secrets.token_hex(10)}"
        body = json.dumps(manner.pruned(speaker.event(act, told, event_id, manner)), ensure_ascii=False)
        for subscription in subscriptions:
            entry = {"event_id": event_id, "type": type_, "visit": visit.key, "url": subscription["url"], "body": body}
            if first(faults, "drop"):
                self.ledger.delivery(**entry, attempt=0, status=None, outcome="dropped", fault=named(faults))
            else:
                self._enqueue(entry | {"subscription": subscription["id"]}, faults, manner)
        self.bell.set()

    def _concerns(self, subscription: Any, type_: str, visit: Visit) -> bool:
        scope = self.scope_of(subscription["api_key"])
        return type_ in json.loads(subscription["events"]) and (scope is None or visit.practitioner in scope)

    def _enqueue(self, entry: dict[str, Any], faults: list[Fault], manner: Manner) -> None:
        duplicate, delay, reorder, stale = (first(faults, kind) for kind in ("duplicate", "delay", "reorder", "stale"))
        copies = int(duplicate.option("n")) if duplicate else 1
        gap = float(duplicate.option("gap")) if duplicate else 0.0
        wait = sum(float(fault.option("seconds")) for fault in (delay, reorder) if fault)
        skew = manner.skew.total_seconds() - (60 * float(stale.option("minutes")) if stale else 0)
        now = time.time()
        for copy in range(copies):
            self.store.execute(
                "INSERT INTO queue (event_id, type, visit, subscription, url, body, created, due, attempt, held, forged, skew, note)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
                *(entry["event_id"], entry["type"], entry["visit"], entry["subscription"], entry["url"], entry["body"]),
                *(now, now + wait + copy * gap, bool(reorder), bool(first(faults, "forge")), skew, named(faults)),
            )

    def resend(self, event_id: str) -> bool:
        """Queue an event that was sent before once more, however long ago; False when it is unknown."""
        row = self.store.row("SELECT * FROM deliveries WHERE event_id = ? ORDER BY seq DESC LIMIT 1", event_id)
        subscription = row and self.store.row("SELECT id FROM subscriptions WHERE url = ?", row["url"])
        if not row or not subscription:
            return False
        entry = {name: row[name] for name in ("event_id", "type", "visit", "url", "body")}
        self._enqueue(entry | {"subscription": subscription["id"]}, [Fault("duplicate", {"n": 1})], Manner())
        self.bell.set()
        return True

    def waiting(self) -> int:
        """How many deliveries are still to come."""
        return self.store.count("SELECT count(*) FROM queue")

    async def drained(self, within: float) -> bool:
        """Wait until nothing is left to send; False when the seconds ran out first."""
        deadline = time.monotonic() + within
        while self.waiting():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def work(self) -> None:
        """Deliver what is due, for ever; deliveries of one visit never run side by side."""
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN_SECONDS, trust_env=False, follow_redirects=False) as client:
            try:
                while True:
                    self.bell.clear()
                    self._start_due(client)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.bell.wait(), self._until_next())
            finally:
                for task in self.tasks:
                    task.cancel()

    def _start_due(self, client: httpx.AsyncClient) -> None:
        if len(self.in_flight) >= AT_ONCE:
            return
        for row in self.store.rows("SELECT seq, visit FROM queue WHERE due <= ? ORDER BY due, seq LIMIT ?", time.time(), 4 * AT_ONCE):
            if len(self.in_flight) >= AT_ONCE:
                return
            if row["seq"] in self.in_flight or row["visit"] in self.in_flight.values():
                continue
            self.in_flight[row["seq"]] = row["visit"]
            task = asyncio.create_task(self._deliver(client, row["seq"]))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def _until_next(self) -> float:
        row = self.store.row("SELECT min(due) AS due FROM queue WHERE due > ?", time.time())
        return min(60.0, max(0.01, row["due"] - time.time())) if row and row["due"] else 60.0

    async def _deliver(self, client: httpx.AsyncClient, seq: int) -> None:
        try:
            sql = "SELECT queue.*, secret FROM queue LEFT JOIN subscriptions ON subscriptions.id = subscription WHERE seq = ?"
            row = self.store.row(sql, seq)
            if row is None or row["secret"] is None:
                self.store.execute("DELETE FROM queue WHERE seq = ?", seq)
                return
            secret = f"whsec_{secrets.token_hex(16)}" if row["forged"] else row["secret"]
            headers = self.sign(secret, row["event_id"], row["body"], skew=row["skew"])
            status, outcome = await post(client, row["url"], row["body"], headers)
            self._settle(row, status, outcome)
        finally:
            self.in_flight.pop(seq, None)
            self.bell.set()

    def _settle(self, row: Any, status: int | None, outcome: str) -> None:
        attempt, now = row["attempt"] + 1, time.time()
        delivered = status is not None and 200 <= status < 300
        given_up = not delivered and now - row["created"] > GIVE_UP_AFTER_SECONDS
        with self.store.transaction():
            entry = {name: row[name] for name in ("event_id", "type", "visit", "url", "body")}
            self.ledger.delivery(**entry, attempt=attempt, status=status, outcome="given up" if given_up else outcome, fault=row["note"])
            if delivered or given_up:
                self.store.execute("DELETE FROM queue WHERE seq = ?", row["seq"])
                sql = "UPDATE queue SET due = ?, held = 0 WHERE held AND subscription = ? AND seq < ?"
                self.store.execute(sql, now, row["subscription"], row["seq"])
            else:
                wait = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS)) - 1]
                self.store.execute("UPDATE queue SET attempt = ?, due = ? WHERE seq = ?", attempt, now + wait, row["seq"])


def signed(secret: str, event_id: str, body: str, *, skew: float = 0) -> dict[str, str]:
    """The three Standard Webhooks headers; `skew` seconds move the timestamp."""
    stamp = clock.now() + timedelta(seconds=skew)
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, stamp, body),
    }


async def post(client: httpx.AsyncClient, url: str, body: str, headers: dict[str, str]) -> tuple[int | None, str]:
    """Send, and tell the status and what happened. Names under .localhost are this machine, as browsers have it (RFC 6761)."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".localhost"):
        headers = headers | {"host": parts.netloc}
        url = parts._replace(netloc=f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1").geturl()
    try:
        answer = await client.post(url, content=body.encode(), headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, type(error).__name__
    return answer.status_code, "delivered" if answer.is_success else "refused"
