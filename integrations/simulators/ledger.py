"""The ledger: every call received and every webhook sent, so that a test can count the writes."""

import json
from typing import Any

from integrations.simulators import clock
from integrations.simulators.store import Store

KEPT_CHARACTERS = 4000  # of an answer or a body: enough to read, small enough to keep for each call
PAGE = 200


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds")


class Ledger:
    """Newest first, filtered by appointment or client reference."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def call(self, **entry: Any) -> None:
        """Note a call by the columns of `calls`; status is None when no answer left."""
        self.store.execute(
            "INSERT INTO calls (at, method, path, query, body, status, answer, client_reference, idempotency_key, subject, fault)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(_now(), entry["method"], entry["path"], entry["query"], entry["body"][:KEPT_CHARACTERS], entry["status"]),
            *(entry["answer"][:KEPT_CHARACTERS], entry["client_reference"], entry["idempotency_key"], entry["subject"], entry["fault"]),
        )

    def delivery(self, **entry: Any) -> None:
        """Note an attempt to deliver a webhook by the columns of `deliveries`."""
        self.store.execute(
            "INSERT INTO deliveries (at, event_id, type, visit, url, attempt, status, outcome, fault, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(_now(), entry["event_id"], entry["type"], entry["visit"], entry["url"], entry["attempt"], entry["status"]),
            *(entry["outcome"], entry["fault"], entry["body"][:KEPT_CHARACTERS]),
        )

    def calls(
        self, *, appointment: str = "", reference: str = "", method: str = "", path: str = "", limit: int = PAGE
    ) -> list[dict[str, Any]]:
        """The calls received, newest first."""
        rows = self.store.rows(
            "SELECT * FROM calls WHERE (? = '' OR subject = ? OR instr(path, ?)) AND (? = '' OR client_reference = ?)"
            " AND (? = '' OR method = ?) AND (? = '' OR instr(path, ?)) ORDER BY seq DESC LIMIT ?",
            *(appointment, appointment, appointment, reference, reference, method, method, path, path, limit),
        )
        return [dict(row) | {"body": readable(row["body"]), "answer": readable(row["answer"])} for row in rows]

    def deliveries(self, *, appointment: str = "", reference: str = "", limit: int = PAGE) -> list[dict[str, Any]]:
        """The webhooks sent, one line per attempt, newest first."""
        rows = self.store.rows(
            "SELECT * FROM deliveries WHERE (? = '' OR visit = ? OR visit IN (SELECT visit FROM aliases WHERE alias = ?))"
            " AND (? = '' OR instr(body, ?)) ORDER BY seq DESC LIMIT ?",
            *(appointment, appointment, appointment, reference, reference, limit),
        )
        return [dict(row) | {"body": readable(row["body"])} for row in rows]

    def reset(self) -> None:
        """Forget what was seen."""
        self.store.clear(("calls", "deliveries"))


def readable(text: str) -> Any:
    """JSON as values, anything else as it is."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
