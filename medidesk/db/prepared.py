"""Statements that each connection parses and plans once, at their first use, and several of them in one turn to Postgres.

Planning is half of what Postgres spends on a booking's statements. A prepared statement follows the search path: in another cabinet
Postgres itself understands and plans it again. Name the columns that a statement answers: `*` would break when a table grows.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

# SQL in the driver's style: `%s` with a sequence of values, or `%(name)s` with a mapping. Ids in lists are UUIDs, not text.
Statement = tuple[str, Sequence[Any] | Mapping[str, Any]]

_PLACE = re.compile(r"%s|%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement under its name; `order` names the values, when they are named."""

    prepare: str
    execute: str
    name: str
    order: tuple[str, ...]

    def values(self, given: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        """The values in the order of their places."""
        return [given[name] for name in self.order] if isinstance(given, Mapping) else list(given)


def run(*statements: Statement) -> list[tuple]:
    """Run these statements in their order, after those that were left for later; the rows that the last one answers."""
    wrapper = connections[DEFAULT_DB_ALIAS]  # looked up once: Django's `connection` looks it up at each use
    ready = [*wrapper.take_held(), *(_ready(wrapper, sql, given) for sql, given in statements)]
    with wrapper.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _ in ready), [value for _, values in ready for value in values])
        return cursor.fetchall() if cursor.description else []


def run_later(*statements: Statement, broken: Mapping[str, Callable[[], Exception]] | None = None) -> None:
    """Run these statements, whose answers nobody reads, in one turn with whatever the transaction asks next, at the latest with its commit.

    Whoever reads what they write sees it written. `broken`: what is raised, then, when they break the constraint of that name; call it in
    an act, or in `as_a_whole`, which ends when that is known.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    if broken:
        wrapper.expect(broken)
    for sql, given in statements:
        wrapper.hold_back(*_ready(wrapper, sql, given))


def _ready(wrapper: Any, sql: str, given: Sequence[Any] | Mapping[str, Any]) -> tuple[str, list[Any]]:
    """How to run what this connection has prepared from now on."""
    prepared = _prepared(sql)
    wrapper.prepare_once(prepared.name, prepared.prepare)
    return prepared.execute, prepared.values(given)


@lru_cache(maxsize=500)
def _prepared(sql: str) -> _Prepared:
    name = f"medidesk_{hashlib.blake2b(sql.encode(), digest_size=12).hexdigest()}"
    order: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        wanted = match[1] or str(len(order))
        if wanted not in order:
            order.append(wanted)
        return f"${order.index(wanted) + 1}"

    numbered = _PLACE.sub(place, sql)
    places = f" ({', '.join(['%s'] * len(order))})" if order else ""
    return _Prepared(f"PREPARE {name} AS {numbered}", f"EXECUTE {name}{places}", name, tuple(order))
