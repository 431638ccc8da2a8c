"""A small client for whoever drives a simulator: the demo's seed and the tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx


class Simulator:
    """One running simulator. Every method raises httpx.HTTPStatusError when it refuses."""

    def __init__(self, url: str, *, timeout: float = 15) -> None:
        self.url = url.rstrip("/")
        self.http = httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()

    def health(self) -> Any:
        """`{"ok", "platform", "now"}`."""
        return self._read("/_sim/health")

    def reset(self) -> None:
        """A fresh store with the default practitioners, motives and key."""
        self._order("reset")

    def setup(self, **wanted: Any) -> None:
        """practitioners, motives, time_zone, api_key or accounts, echo, idempotency, merge."""
        self._order("setup", wanted)

    def preload(self, appointments: Sequence[Mapping[str, Any]]) -> Any:
        """Write visits with given identifiers without telling anybody."""
        return self._order("appointments", list(appointments))

    def book(self, practitioner: str, start: str, **rest: Any) -> Any:
        """Book as a patient: motive, duration, patient {first_name, last_name, birth_date, phone, email}, force."""
        return self._order("book", {"practitioner": practitioner, "start": start} | rest)

    def move(self, appointment: str, start: str, **rest: Any) -> Any:
        """Move as a patient."""
        return self._order("move", {"id": appointment, "start": start} | rest)

    def mark(self, appointment: str, status: str) -> Any:
        """Give the status `done`, `no_show` or `confirmed`."""
        return self._order("status", {"id": appointment, "status": status})

    def cancel(self, appointment: str) -> Any:
        """Cancel as a patient."""
        return self._order("cancel", {"id": appointment})

    def send(self, body: Any, **rest: Any) -> Any:
        """Send any webhook: url, headers, event_id, secret, skew, sign. Gives `{"status", "outcome", "event_id"}`."""
        return self._order("send", {"body": body} | rest)

    def resend(self, event_id: str) -> None:
        """Send an event again."""
        self._order("resend", {"event_id": event_id})

    def drain(self, timeout: float = 10) -> None:
        """Wait until every webhook is delivered. Raises TimeoutError."""
        if not self._order("drain", {"timeout": timeout})["drained"]:
            raise TimeoutError(f"webhooks are still waiting after {timeout} s")

    def state(self) -> Any:
        """practitioners, motives, appointments, busy, subscriptions, queue."""
        return self._read("/_sim/state")

    def appointment(self, wanted: str) -> Any:
        """One visit of the state. Raises KeyError."""
        for each in self.state()["appointments"]:
            if each["id"] == wanted:
                return each
        raise KeyError(wanted)

    def ledger(self, **filters: Any) -> Any:
        """`{"calls", "webhooks", "waiting"}`, newest first; filters: appointment, client_reference, method, path, limit."""
        return self._read("/ledger.json", filters)

    def writes(self, **filters: Any) -> list[Any]:
        """The calls of the ledger that are not reads, oldest first."""
        return [call for call in reversed(self.ledger(**filters)["calls"]) if call["method"] != "GET"]

    def reset_ledger(self) -> None:
        """Forget the calls and deliveries seen."""
        self._order("ledger/reset")

    def order_fault(self, kind: str, on: str | None = None, **options: Any) -> Any:
        """Order a fault: times (None for ever), skip, match, and the kind's own options."""
        return self._order("faults", {"kind": kind, "on": on} | options)[0]

    def faults(self) -> Any:
        """The orders with what remains of each."""
        return self._read("/_sim/faults")

    def clear_faults(self) -> None:
        """Behave again."""
        self.http.delete("/_sim/faults").raise_for_status()

    def forget_subscriptions(self) -> None:
        """Send webhooks to nobody, until somebody subscribes anew."""
        self.http.delete("/_sim/subscriptions").raise_for_status()

    def _order(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(f"/_sim/{path}", json={} if body is None else body)
        answer.raise_for_status()
        return answer.json()

    def _read(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        answer = self.http.get(path, params=dict(query or {}))
        answer.raise_for_status()
        return answer.json()
