"""The store of one simulator: a single SQLite file, written as things happen, whole again after a kill -9.

One connection, used only from the event loop's thread; each change is one short IMMEDIATE transaction without any await inside,
so that looking and writing cannot be separated.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS api_keys (key TEXT PRIMARY KEY, practitioners TEXT);
CREATE TABLE IF NOT EXISTS key_secrets (key TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS practitioners (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, speciality TEXT NOT NULL, address TEXT NOT NULL,
    time_zone TEXT, hours TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS motives (id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, duration INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS patients (id TEXT PRIMARY KEY, identity TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS visits (
    id TEXT PRIMARY KEY, public_id TEXT NOT NULL, practitioner TEXT NOT NULL, motive TEXT, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
    status TEXT NOT NULL, version INTEGER NOT NULL, client_reference TEXT, patient TEXT NOT NULL, origin TEXT NOT NULL,
    updated INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS visits_by_time ON visits (practitioner, starts);
CREATE INDEX IF NOT EXISTS visits_by_start ON visits (starts);
CREATE INDEX IF NOT EXISTS visits_by_change ON visits (updated);
CREATE INDEX IF NOT EXISTS visits_by_reference ON visits (client_reference);
CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, visit TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS busy (
    id TEXT PRIMARY KEY, practitioner TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL, client_reference TEXT);
CREATE INDEX IF NOT EXISTS busy_by_time ON busy (practitioner, starts);
CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, url TEXT NOT NULL UNIQUE, secret TEXT NOT NULL, events TEXT NOT NULL, api_key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS queue (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, type TEXT NOT NULL, visit TEXT NOT NULL, subscription TEXT,
    url TEXT NOT NULL, body TEXT NOT NULL, created REAL NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL,
    held INTEGER NOT NULL, forged INTEGER NOT NULL, skew REAL NOT NULL, note TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS queue_by_due ON queue (due);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, visit TEXT NOT NULL,
    url TEXT NOT NULL, attempt INTEGER NOT NULL, status INTEGER, outcome TEXT NOT NULL, fault TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL,
    body TEXT NOT NULL, status INTEGER, answer TEXT NOT NULL, client_reference TEXT, idempotency_key TEXT, subject TEXT NOT NULL,
    fault TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT, pattern TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER, skip INTEGER NOT NULL,
    used INTEGER NOT NULL, needle TEXT NOT NULL, options TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, practitioner TEXT NOT NULL, at TEXT NOT NULL,
    visit TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replays (
    key TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL,
    subject TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (key, method, path));
"""

CONTENT_TABLES = ("visits", "aliases", "patients", "busy", "subscriptions", "queue", "deliveries", "calls", "faults", "feed", "replays")
DIRECTORY_TABLES = ("settings", "api_keys", "key_secrets", "practitioners", "motives")


class Store:
    """The SQLite file of one simulator. Every committed change survives the death of the process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute("PRAGMA busy_timeout=5000")
        self.connection.executescript(SCHEMA)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement."""
        return self.connection.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        row: sqlite3.Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def count(self, sql: str, *values: Any) -> int:
        """The number that a `SELECT count(*)` gives."""
        return int(self.connection.execute(sql, values).fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner transaction joins the outer one."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting's value, or the default when it was never written."""
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(row["value"]) if row else default

    def write_setting(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        self.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))

    def clear(self, tables: tuple[str, ...]) -> None:
        """Empty the tables named."""
        with self.transaction():
            for table in tables:
                self.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def seconds(instant: datetime) -> int:
    """An instant as whole seconds since 1970, as the store keeps it."""
    return int(instant.timestamp())


def instant(stored: int | float) -> datetime:
    """The instant of a stored number of seconds, in UTC."""
    return datetime.fromtimestamp(stored, UTC)
