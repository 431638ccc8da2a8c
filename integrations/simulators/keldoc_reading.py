"""What callers write to Keldoc, as the engine wants it. What cannot be read raises Invalid."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from integrations.simulators.engine import Call
from integrations.simulators.errors import Invalid
from integrations.simulators.visits import LONGEST_MINUTES, Visit
from integrations.simulators.wire import read_birth_date, read_instant, read_object, read_text

PATIENT = ("first_name", "last_name", "maiden_name", "birth_date", "gender", "phone", "phone2", "email", "street", "city", "zipcode")
SKIPS = ("skip_sms_confirmation", "skip_email_confirmation", "skip_sms_reminder", "skip_email_reminder")


def booking(call: Call) -> dict[str, Any]:
    """A new appointment; `patient` is None for one of nobody."""
    body = call.body
    return {
        "practitioner": call.known_practitioner(identifier(body, "agenda_id"), "agenda_id"),
        "start": _start(call),
        "minutes": _minutes(body.get("duration")),
        "motive": _motive(call),
        "patient": _patient(body) | _skips(body) if "patient_attributes" in body else None,
        "reference": read_text(body, "reference", optional=True),
    }


def changes(call: Call, visit: Visit) -> dict[str, Any]:
    """The fields named, over the visit as it is."""
    body = call.body
    start: datetime = _start(call) if "start_at" in body else visit.start
    minutes = _minutes(body["duration"]) if "duration" in body else visit.minutes
    found: dict[str, Any] = {"start": start, "end": start + timedelta(minutes=minutes), "status": _status(body, visit)}
    if "agenda_id" in body:
        found["practitioner"] = call.known_practitioner(identifier(body, "agenda_id"), "agenda_id")
    if "motive_id" in body:
        found["motive"] = _motive(call)
    if any(name in body for name in SKIPS):
        found["patient"] = _skips(body)
    return found


def identifier(values: Mapping[str, Any], name: str) -> str | None:
    """A number or a text."""
    value = values.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
        raise Invalid(name, "not an identifier")
    return None if value in (None, "") else str(value)


def number(identifier: str) -> int | str:
    """An identifier as it is shown: a number where it is one."""
    return int(identifier) if identifier.isdigit() else identifier


def _start(call: Call) -> datetime:
    return read_instant(call.body.get("start_at"), "start_at", call.engine.directory.zone)


def _motive(call: Call) -> str | None:
    wanted = identifier(call.body, "motive_id")
    if wanted and not call.engine.directory.motive(wanted):
        raise Invalid("motive_id", "unknown")
    return wanted


def _minutes(value: Any) -> int:
    """A duration in seconds, as whole minutes."""
    if not isinstance(value, int) or isinstance(value, bool) or value % 60 or not 0 < value <= 60 * LONGEST_MINUTES:
        raise Invalid("duration")
    return value // 60


def _status(body: Mapping[str, Any], visit: Visit) -> str:
    """The state named, else the flags, else as it was."""
    if body.get("state", "confirmed") not in ("confirmed", "canceled"):
        raise Invalid("state")
    if body.get("state") == "canceled":
        return "cancelled"
    if visit.status == "cancelled" and "state" in body:
        return "confirmed"  # which is refused: what is canceled stays so
    if "no_show" in body:
        return "no_show" if body["no_show"] else "confirmed"
    if "patient_arrived" in body:
        return "done" if body["patient_arrived"] else "confirmed"
    return visit.status


def _patient(body: Mapping[str, Any]) -> dict[str, Any]:
    values = read_object(body, "patient_attributes")
    names = {"first_name": read_text(values, "first_name"), "last_name": read_text(values, "last_name")}
    rest = {name: read_text(values, name, optional=True) for name in PATIENT if name not in ("first_name", "last_name", "birth_date")}
    known = {"id": str(body["patient_id"])} if body.get("patient_id") else {}
    return known | names | rest | {"birth_date": read_birth_date(values.get("birth_date"), "patient_attributes.birth_date")}


def _skips(body: Mapping[str, Any]) -> dict[str, bool]:
    return {name: bool(body[name]) for name in SKIPS if name in body}
