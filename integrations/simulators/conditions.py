"""What a query asks of the visits, as a condition on the store's table; each platform has its own names for the same five questions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators.store import seconds
from integrations.simulators.wire import read_instant

Reader = Callable[[str, str, ZoneInfo], datetime]

CONDITIONS: Mapping[str, str] = {
    "reference": "client_reference = ?",
    "since": "updated >= ?",
    "from": "ends > ?",
    "to": "starts < ?",
    "practitioner": "practitioner = ?",
}
# How the store keeps the instants that are compared.
KEPT: Mapping[str, Callable[[datetime], int]] = {
    "since": lambda moment: int(moment.timestamp() * 1_000_000),
    "from": seconds,
    "to": seconds,
}


def where_of(query: Mapping[str, str], names: Mapping[str, str], zone: ZoneInfo, read: Reader = read_instant) -> tuple[str, list[Any]]:
    """The condition and its values; `names` says how the platform calls `reference`, `since`, `from`, `to`, `practitioner`, `read` how
    it writes instants.

    Raises Invalid.
    """
    asked = [(question, name, query[name]) for question, name in names.items() if query.get(name) is not None]
    conditions = [CONDITIONS[question] for question, _name, _text in asked]
    values = [KEPT[question](read(text, name, zone)) if question in KEPT else text for question, name, text in asked]
    return " AND ".join(["1", *conditions]), values
