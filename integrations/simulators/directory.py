"""Who practises here, for which motives, at which hours, and which keys open the API."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.simulators.errors import Invalid
from integrations.simulators.store import Store

DEFAULT_TIME_ZONE = "Europe/Paris"
WEEK = [{"weekday": day, "start": start, "end": end} for day in range(5) for start, end in (("09:00", "12:30"), ("14:00", "18:00"))]


@dataclass(frozen=True)
class Hours:
    """A weekly range in the practitioner's wall time; Monday is 0."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True)
class Practitioner:
    """Somebody with an agenda on this platform."""

    id: str
    name: str
    speciality: str
    address: str
    zone: ZoneInfo
    hours: tuple[Hours, ...]

    @property
    def initials(self) -> str:
        """Two letters for the avatar, titles left out."""
        words = [word for word in self.name.split() if word.rstrip(".") not in ("Dr", "Pr", "M", "Mme")]
        return "".join(word[0] for word in words[:2]).upper()


@dataclass(frozen=True)
class Motive:
    """What a visit may be for; duration in minutes."""

    id: str
    name: str
    duration: int


class Directory:
    """The part of the store that the cabinet configures on the platform."""

    def __init__(self, store: Store, default_key: str, defaults: Mapping[str, Any]) -> None:
        self.store = store
        self.default_key = default_key
        self.defaults = defaults
        if store.setting("time_zone") is None:
            self.restore_defaults()

    def restore_defaults(self) -> None:
        """What a fresh store contains, so that the platform can be tried at once."""
        self.set_up({"time_zone": DEFAULT_TIME_ZONE, "api_key": self.default_key, "echo": True, "idempotency": True} | dict(self.defaults))

    @property
    def zone(self) -> ZoneInfo:
        """The cabinet's time zone."""
        return ZoneInfo(self.store.setting("time_zone", DEFAULT_TIME_ZONE))

    def practitioners(self, scope: frozenset[str] | None = None) -> list[Practitioner]:
        """All practitioners in order, or those that the scope names."""
        rows = self.store.rows("SELECT * FROM practitioners ORDER BY position, id")
        return [self._practitioner(row) for row in rows if scope is None or row["id"] in scope]

    def practitioner(self, wanted: str) -> Practitioner | None:
        """One practitioner, or None."""
        row = self.store.row("SELECT * FROM practitioners WHERE id = ?", wanted)
        return self._practitioner(row) if row else None

    def motives(self) -> list[Motive]:
        """All motives in order."""
        rows = self.store.rows("SELECT * FROM motives ORDER BY position, id")
        return [Motive(row["id"], row["name"], row["duration"]) for row in rows]

    def motive(self, wanted: str | None) -> Motive | None:
        """One motive, or None."""
        return next((motive for motive in self.motives() if motive.id == wanted), None)

    def knows_key(self, key: str) -> bool:
        """Whether this API key opens the door."""
        return self.store.row("SELECT 1 FROM api_keys WHERE key = ?", key) is not None

    def secret_of(self, key: str) -> str:
        """What signs the calls made with this key, empty where keys sign nothing."""
        row = self.store.row("SELECT secret FROM key_secrets WHERE key = ?", key)
        return str(row["secret"]) if row else ""

    def known_keys(self) -> list[str]:
        """All keys that open the door."""
        return [row["key"] for row in self.store.rows("SELECT key FROM api_keys ORDER BY key")]

    def scope_of(self, key: str) -> frozenset[str] | None:
        """The practitioners that a key may see; None means all."""
        row = self.store.row("SELECT practitioners FROM api_keys WHERE key = ?", key)
        if row is None or row["practitioners"] is None:
            return None
        return frozenset(json.loads(row["practitioners"]))

    def set_up(self, wanted: Mapping[str, Any]) -> None:
        """Replace what is named in `wanted` and leave the rest; with `merge`, lists are added to instead. Raises Invalid."""
        merge = bool(wanted.get("merge"))
        with self.store.transaction():
            if "time_zone" in wanted:
                self.store.write_setting("time_zone", str(_zone(wanted["time_zone"])))
            for name in ("echo", "idempotency"):
                if name in wanted:
                    self.store.write_setting(name, bool(wanted[name]))
            if "practitioners" in wanted:
                self._write_practitioners(wanted["practitioners"], merge)
            if "motives" in wanted:
                self._write_motives(wanted["motives"], merge)
            if "api_key" in wanted:
                self._write_keys([{"api_key": wanted["api_key"], "secret": wanted.get("secret", "")}], merge)
            if "accounts" in wanted:
                self._write_keys(wanted["accounts"], merge)

    def _write_practitioners(self, wanted: Iterable[Mapping[str, Any]], merge: bool) -> None:
        if not merge:
            self.store.execute("DELETE FROM practitioners")
        first = self.store.count("SELECT count(*) FROM practitioners")
        for position, each in enumerate(wanted, start=first):
            hours = json.dumps([_checked_hours(hours) for hours in each.get("hours", WEEK)])
            zone = str(_zone(each["time_zone"])) if each.get("time_zone") else None
            values = (each["id"], position, each["name"], each.get("speciality", ""), each.get("address", ""), zone, hours)
            self.store.execute("INSERT OR REPLACE INTO practitioners VALUES (?, ?, ?, ?, ?, ?, ?)", *values)

    def _write_motives(self, wanted: Iterable[Mapping[str, Any]], merge: bool) -> None:
        if not merge:
            self.store.execute("DELETE FROM motives")
        first = self.store.count("SELECT count(*) FROM motives")
        for position, each in enumerate(wanted, start=first):
            values = (each["id"], position, each["name"], int(each.get("duration", 30)))
            self.store.execute("INSERT OR REPLACE INTO motives VALUES (?, ?, ?, ?)", *values)

    def _write_keys(self, accounts: Iterable[Mapping[str, Any]], merge: bool) -> None:
        if not merge:
            self.store.execute("DELETE FROM api_keys")
            self.store.execute("DELETE FROM key_secrets")
        for account in accounts:
            scope = json.dumps(sorted(account["practitioners"])) if account.get("practitioners") is not None else None
            self.store.execute("INSERT OR REPLACE INTO api_keys VALUES (?, ?)", account["api_key"], scope)
            if account.get("secret"):
                self.store.execute("INSERT OR REPLACE INTO key_secrets VALUES (?, ?)", account["api_key"], account["secret"])

    def _practitioner(self, row: Any) -> Practitioner:
        hours = tuple(Hours(each["weekday"], _wall(each["start"]), _wall(each["end"])) for each in json.loads(row["hours"]))
        zone = ZoneInfo(row["time_zone"]) if row["time_zone"] else self.zone
        return Practitioner(row["id"], row["name"], row["speciality"], row["address"], zone, hours)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("time_zone", "unknown") from error


def _wall(text: str) -> time:
    """`24:00` may end a range; it is kept as the last minute's end."""
    return time.max if text == "24:00" else time.fromisoformat(text)


def _checked_hours(hours: Mapping[str, Any]) -> dict[str, Any]:
    try:
        weekday, start, end = int(hours["weekday"]), _wall(hours["start"]), _wall(hours["end"])
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("hours", "weekday, start and end are needed") from error
    if not 0 <= weekday <= 6 or start >= end:
        raise Invalid("hours", "out of order")
    return {"weekday": weekday, "start": hours["start"], "end": hours["end"]}
