"""What the two platforms' formats have in common: reading fields, writing times, and the manner in which a fault distorts them."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators.errors import CursorExpired, Invalid
from integrations.simulators.faults import Fault

TIME_FORMATS = ("utc", "local", "no-seconds", "naive")


@dataclass(frozen=True)
class Manner:
    """How values are written: straight, or as an ordered fault has it."""

    time_format: str = "utc"
    text: str = "plain"
    skew: timedelta = timedelta()
    rewrite_ids: bool = False
    omitted: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, faults: list[Fault]) -> "Manner":
        """The manner that these faults add up to."""
        manner: dict[str, Any] = {}
        for fault in faults:
            if fault.kind == "time-format":
                manner["time_format"] = fault.option("format")
            elif fault.kind == "text":
                manner["text"] = fault.option("text")
            elif fault.kind == "clock-skew":
                manner["skew"] = timedelta(minutes=float(fault.option("minutes")))
            elif fault.kind == "rewrite-ids":
                manner["rewrite_ids"] = True
            elif fault.kind == "omit":
                manner["omitted"] = frozenset(fault.option("fields"))
        return cls(**manner)

    def time(self, moment: datetime, zone: ZoneInfo) -> str:
        """RFC 3339 in UTC unless distorted; `naive` is the cabinet's wall time without offset."""
        if self.time_format == "local":
            return moment.astimezone(zone).isoformat(timespec="seconds")
        if self.time_format == "naive":
            return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
        if self.time_format == "no-seconds":
            return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def occurred(self, moment: datetime, zone: ZoneInfo) -> str:
        """The time of an event by the platform's own clock, which may be ahead or behind."""
        return self.time(moment + self.skew, zone)

    def words(self, text: str | None) -> str | None:
        """A name, perhaps upper-cased or trimmed to twelve characters."""
        if text is None or self.text == "plain":
            return text
        return text.upper() if self.text == "upper" else text.strip()[:12].strip()

    def pruned(self, values: Any) -> Any:
        """The same JSON without the fields left out."""
        if not self.omitted:
            return values
        if isinstance(values, list):
            return [self.pruned(each) for each in values]
        if isinstance(values, dict):
            return {name: self.pruned(value) for name, value in values.items() if name not in self.omitted}
        return values


def read_instant(text: Any, name: str, zone: ZoneInfo) -> datetime:
    """An instant; without offset it is the cabinet's wall time, a bare date its midnight. Raises Invalid."""
    if not isinstance(text, str):
        raise Invalid(name, "missing")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, "not an instant") from error
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def read_epoch(text: Any, name: str, zone: ZoneInfo) -> datetime:
    """An instant as whole seconds since 1970, whatever the zone. Raises Invalid."""
    if isinstance(text, bool) or not (isinstance(text, int) or (isinstance(text, str) and text.isdigit())):
        raise Invalid(name, "seconds since 1970 expected")
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(name, "out of bounds") from error


def read_text(values: Mapping[str, Any], name: str, *, optional: bool = False) -> str | None:
    """A string field. Raises Invalid."""
    value = values.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not value:
        raise Invalid(name, "missing" if value is None else "not a text")
    return value


def read_object(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object field. Raises Invalid."""
    value = values.get(name)
    if not isinstance(value, dict):
        raise Invalid(name, "missing" if value is None else "not an object")
    return value


def read_count(text: str | None, name: str, default: int, lowest: int, highest: int) -> int:
    """A whole number in a query. Raises Invalid out of bounds."""
    if text is None:
        return default
    if not text.isdigit() or not lowest <= int(text) <= highest:
        raise Invalid(name, f"between {lowest} and {highest}")
    return int(text)


def read_birth_date(text: Any, name: str) -> str | None:
    """`YYYY-MM-DD` or nothing. Raises Invalid."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except (TypeError, ValueError) as error:
        raise Invalid(name, "not a date") from error


def seal_cursor(values: Mapping[str, Any]) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(dict(values)).encode()).decode().rstrip("=")


def open_cursor(text: str) -> dict[str, Any]:
    """What a cursor holds. Raises CursorExpired when it is not one of ours."""
    try:
        opened = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        query = {str(name): str(value) for name, value in opened["query"].items()}
        return {"query": query, "after": int(opened["after"])}
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CursorExpired from error
