"""Faults on order: what the platform is told to do wrong, how often, and on which calls or webhooks.

An order is {"on": "POST /appointments", "kind": "429", "times": 2, …}. `on` is a method and a path without the version
(`PATCH /appointments` also means `/appointments/{id}`), a bare method, `*` for every call, `webhook` or `webhook <event type>`.
`times` null lasts until cleared, `skip` lets the first n pass, `match` is a text that the path, query or body must contain.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.simulators.errors import Invalid
from integrations.simulators.store import Store

Options = dict[str, dict[str, Any]]

# What a kind may be told besides, with the default; times in seconds.
CONTENT: Options = {
    "rewrite-ids": {},
    "time-format": {"format": "local"},
    "text": {"text": "upper"},
    "clock-skew": {"minutes": 3},
    "omit": {"fields": ["version"]},
}
LISTING: Options = {"truncate": {}, "truncate-silent": {}, "truncate-lying": {}, "cursor-expired": {}}
CALL: Options = {
    "429": {"retry_after": 2},
    "402": {"retry_after": None},
    "500": {},
    "502": {},
    "503": {"retry_after": None},
    "401": {},
    "maintenance": {},
    "reset": {},
    "half-open": {"seconds": 30},
    "slow-bytes": {"interval": 0.05},
    "answer-lost": {},
    "refuse": {"seconds": 3},
}
WEBHOOK: Options = {"duplicate": {"n": 2, "gap": 0}, "reorder": {"seconds": 3}, "drop": {}, "forge": {}, "stale": {"minutes": 10}}
EVERYWHERE: Options = {"delay": {"seconds": 2}}
KINDS: Options = {**CALL, **EVERYWHERE, **LISTING, **WEBHOOK, **CONTENT}


@dataclass(frozen=True)
class Fault:
    """One order that applies to the call or event at hand."""

    kind: str
    options: Mapping[str, Any]

    def option(self, name: str) -> Any:
        """What was ordered, or the kind's default."""
        return self.options.get(name, KINDS[self.kind].get(name))


class Faults:
    """The orders, kept in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def order(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Keep an order. Raises Invalid for a kind that does not exist."""
        kind = str(wanted.get("kind"))
        if kind not in KINDS:
            raise Invalid("kind", f"one of {', '.join(KINDS)}")
        pattern = wanted.get("on") or ("webhook" if kind in WEBHOOK else "*")
        times = wanted.get("times", 1)
        options = {name: value for name, value in wanted.items() if name not in ("on", "kind", "times", "skip", "match", "id", "used")}
        cursor = self.store.execute(
            "INSERT INTO faults (pattern, kind, remaining, skip, used, needle, options) VALUES (?, ?, ?, ?, 0, ?, ?)",
            *(pattern, kind, None if times is None else int(times), int(wanted.get("skip", 0)), str(wanted.get("match") or "")),
            json.dumps(options),
        )
        return next(each for each in self.listing() if each["id"] == cursor.lastrowid)

    def listing(self) -> list[dict[str, Any]]:
        """All orders, used up ones too."""
        return [
            {"id": row["id"], "on": row["pattern"], "kind": row["kind"], "times": row["remaining"], "skip": row["skip"]}
            | {"used": row["used"], "match": row["needle"]}
            | json.loads(row["options"])
            for row in self.store.rows("SELECT * FROM faults ORDER BY id")
        ]

    def clear(self) -> None:
        """Behave again."""
        self.store.execute("DELETE FROM faults")

    def for_call(self, method: str, path: str, text: str, *, listing: bool, resumed: bool) -> list[Fault]:
        """The faults that this call meets, each used once; at most one of those that disturb the connection or the answer's status.

        `listing` says that the call reads a list, `resumed` that it continues or updates an earlier one."""
        kinds = {**CALL, **EVERYWHERE, **CONTENT, **(LISTING if listing else {})}
        if not resumed:
            kinds.pop("cursor-expired", None)
        return self._take(lambda pattern: _meets_call(pattern, method, path), kinds, f"{path} {text}")

    def for_event(self, type_: str, text: str) -> list[Fault]:
        """The faults that this webhook meets, each used once."""
        kinds = {**WEBHOOK, **EVERYWHERE, **CONTENT}
        return self._take(lambda pattern: pattern in ("webhook", f"webhook {type_}"), kinds, text)

    def _take(self, meets: Any, kinds: Mapping[str, Any], text: str) -> list[Fault]:
        taken: list[Fault] = []
        disturbed = False
        for row in self.store.rows("SELECT * FROM faults WHERE remaining IS NULL OR remaining > 0 ORDER BY id"):
            if row["kind"] not in kinds or not meets(row["pattern"]) or row["needle"] not in text:
                continue
            if row["skip"]:
                self.store.execute("UPDATE faults SET skip = skip - 1 WHERE id = ?", row["id"])
                continue
            if row["kind"] in CALL:
                if disturbed:
                    continue
                disturbed = True
            self.store.execute("UPDATE faults SET used = used + 1, remaining = remaining - 1 WHERE id = ?", row["id"])
            taken.append(Fault(row["kind"], json.loads(row["options"])))
        return taken


def _meets_call(pattern: str, method: str, path: str) -> bool:
    if pattern == "*":
        return True
    wanted_method, _, wanted_path = pattern.partition(" ")
    if wanted_method not in ("*", method):
        return False
    return not wanted_path or path == wanted_path or path.startswith(wanted_path.rstrip("/*") + "/")


def named(faults: list[Fault]) -> str:
    """The kinds, for the ledger."""
    return " ".join(fault.kind for fault in faults)


def first(faults: list[Fault], *kinds: str) -> Fault | None:
    """The first fault of one of these kinds."""
    return next((fault for fault in faults if fault.kind in kinds), None)
