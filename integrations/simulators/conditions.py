"""What a query asks of the visits, as a condition on the store's table; each platform has its own names for the same five questions."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators.store import seconds
from integrations.simulators.wire import read_instant

Reader = Callable[[str, str, ZoneInfo], Any]


def where_of(query: Mapping[str, str], names: Mapping[str, str], zone: ZoneInfo) -> tuple[str, list[Any]]:
    """The condition and its values; `names` says how the platform calls `reference`, `since`, `from`, `to`, `practitioner`.

    Raises Invalid.
    """
    asked = [(names[question], *CONDITIONS[question]) for question in CONDITIONS if query.get(names.get(question, "")) is not None]
    return " AND ".join(["1", *(condition for _, condition, _ in asked)]), [read(query[name], name, zone) for name, _, read in asked]


def _text(text: str, name: str, zone: ZoneInfo) -> str:
    return text


def _second(text: str, name: str, zone: ZoneInfo) -> int:
    return seconds(read_instant(text, name, zone))


def _microsecond(text: str, name: str, zone: ZoneInfo) -> int:
    return int(read_instant(text, name, zone).timestamp() * 1_000_000)


CONDITIONS: Mapping[str, tuple[str, Reader]] = {
    "reference": ("client_reference = ?", _text),
    "since": ("updated >= ?", _microsecond),
    "from": ("ends > ?", _second),
    "to": ("starts < ?", _second),
    "practitioner": ("practitioner = ?", _text),
}
