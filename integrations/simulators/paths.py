"""Where a value lies in JSON: the names on the way to it, `patient.name.first`."""

from collections.abc import Mapping
from typing import Any


def found(values: Any, path: str) -> Any:
    """The value at a path, None where the way ends early."""
    for name in path.split("."):
        if not isinstance(values, Mapping):
            return None
        values = values.get(name)
    return values


def is_named(values: Any, path: str) -> bool:
    """Does the path lead to anything, be it null?"""
    way, _, last = path.rpartition(".")
    holder = found(values, way) if way else values
    return isinstance(holder, Mapping) and last in holder


def placed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON that has each value at its path."""
    whole: dict[str, Any] = {}
    for path, value in values.items():
        *way, last = path.split(".")
        here = whole
        for name in way:
            here = here.setdefault(name, {})
        here[last] = value
    return whole
