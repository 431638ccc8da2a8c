"""What callers write to a described platform, as the engine wants it. What cannot be read raises Invalid."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from integrations.simulators.engine import Call
from integrations.simulators.errors import Invalid
from integrations.simulators.paths import found, is_named
from integrations.simulators.statement import Statement
from integrations.simulators.visits import LONGEST_MINUTES, Visit
from integrations.simulators.wire import read_birth_date, read_epoch, read_instant

CONTACT = ("maiden_name", "phone", "email")


class Reading:
    """One call's body."""

    def __init__(self, wire: Statement, call: Call) -> None:
        self.wire = wire
        self.call = call

    def booking(self) -> dict[str, Any]:
        """A new visit."""
        start, end = self._times(self.wire.fields)
        return {
            "practitioner": self._practitioner(self.wire.fields),
            "start": start,
            "minutes": int((end - start).total_seconds()) // 60,
            "motive": self._motive(),
            "patient": self._patient(),
            "reference": self._text("reference"),
        }

    def changes(self, visit: Visit) -> dict[str, Any]:
        """The fields named, over the visit as it is."""
        changes: dict[str, Any] = {}
        if self._is_named("start"):
            changes["start"], changes["end"] = self._times(self.wire.fields)
        if self._is_named("practitioner"):
            changes["practitioner"] = self._practitioner(self.wire.fields)
        if self._is_named("reason"):
            changes["motive"] = self._motive()
        if self._is_named("status"):
            changes["status"] = self._status()
        return changes

    def closing(self) -> dict[str, Any]:
        """A time to close."""
        names = self.wire.busy_fields
        start, end = self._times(names)
        reference = self._identifier(names["reference"])
        return {"practitioner": self._practitioner(names), "start": start, "end": end, "reference": reference}

    def _times(self, names: Mapping[str, str]) -> tuple[datetime, datetime]:
        start = self._moment(names["start"])
        if "end" in names:
            end = self._moment(names["end"])
        else:
            unit = "minutes" if "minutes" in names else "seconds"
            end = start + timedelta(**{unit: self._length(names[unit])})
        if not start < end <= start + timedelta(minutes=LONGEST_MINUTES):
            raise Invalid("end", "out of bounds")
        return start, end

    def _moment(self, path: str) -> datetime:
        value = found(self.call.body, path)
        zone = self.call.engine.directory.zone
        if self.wire.times == "epoch":
            return read_epoch(value, path, zone)
        moment = read_instant(value, path, zone)
        if self.wire.times == "local" and datetime.fromisoformat(str(value)).tzinfo:
            raise Invalid(path, "wall time expected")
        return moment

    def _length(self, path: str) -> int:
        value = found(self.call.body, path)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Invalid(path, "a number expected")
        return value

    def _practitioner(self, names: Mapping[str, str]) -> str:
        return self.call.known_practitioner(self._identifier(names["practitioner"]), names["practitioner"])

    def _motive(self) -> str | None:
        wanted = self._text("reason")
        if wanted and not self.call.engine.directory.motive(wanted):
            raise Invalid(self.wire.fields["reason"], "unknown")
        return wanted

    def _status(self) -> str:
        said = found(self.call.body, self.wire.fields["status"])
        wanted = next((ours for ours, theirs in self.wire.statuses.items() if theirs == said), None)
        if wanted is None:
            raise Invalid(self.wire.fields["status"])
        return wanted

    def _patient(self) -> dict[str, Any]:
        names = {name: self._text(name) for name in ("first_name", "last_name")}
        if not all(names.values()):
            raise Invalid("patient", "a name is missing")
        born = self.wire.fields.get("birth_date")
        rest = {name: self._text(name) for name in CONTACT}
        return names | rest | {"birth_date": read_birth_date(found(self.call.body, born), born) if born else None}

    def _is_named(self, name: str) -> bool:
        return name in self.wire.fields and is_named(self.call.body, self.wire.fields[name])

    def _text(self, name: str) -> str | None:
        return self._identifier(self.wire.fields[name]) if name in self.wire.fields else None

    def _identifier(self, path: str) -> str | None:
        """A number or a text."""
        value = found(self.call.body, path)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise Invalid(path, "neither a number nor a text")
        return None if value in (None, "") else str(value)
