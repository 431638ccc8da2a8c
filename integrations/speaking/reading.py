"""Reading foreign JSON: a value of the right kind, or NotUnderstood with the field's name (never its content)."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.errors import NotUnderstood


def read_json(raw: bytes) -> dict[str, Any]:
    """The object that these bytes hold. Raises NotUnderstood."""
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood("not JSON") from problem
    if not isinstance(values, dict):
        raise NotUnderstood("not an object")
    return values


def read_object(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A needed object."""
    found = values.get(name)
    if not isinstance(found, dict):
        raise NotUnderstood(f"{name}: object expected")
    return found


def read_list(values: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A needed list of objects."""
    found = values.get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise NotUnderstood(f"{name}: list of objects expected")
    return found


def read_id(values: Mapping[str, Any], name: str) -> str:
    """A needed identifier; numbers are taken as they are written."""
    found = values.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int) or not str(found).strip():
        raise NotUnderstood(f"{name}: identifier expected")
    return str(found).strip()


def read_text(values: Mapping[str, Any], name: str) -> str:
    """A text without its surrounding blanks; empty when absent."""
    found = values.get(name)
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise NotUnderstood(f"{name}: text expected")
    return str(found).strip()


def read_number(values: Mapping[str, Any], name: str) -> int | None:
    """A whole number, `None` when absent."""
    found = values.get(name)
    if found is None:
        return None
    if isinstance(found, str) and found.strip().isdigit():
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise NotUnderstood(f"{name}: whole number expected")
    return found


def read_instant(values: Mapping[str, Any], name: str, zone: ZoneInfo) -> datetime:
    """A needed instant, in UTC; without offset it is the cabinet's wall time."""
    found = read_optional_instant(values, name, zone)
    if found is None:
        raise NotUnderstood(f"{name}: instant expected")
    return found


def read_optional_instant(values: Mapping[str, Any], name: str, zone: ZoneInfo) -> datetime | None:
    """An instant in UTC, `None` when absent."""
    found = values.get(name)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as problem:
        raise NotUnderstood(f"{name}: instant expected") from problem


def read_birth_date(values: Mapping[str, Any], name: str) -> date | None:
    """A date; what is not one is left out rather than losing the visit."""
    try:
        return date.fromisoformat(str(values.get(name)))
    except ValueError:
        return None
