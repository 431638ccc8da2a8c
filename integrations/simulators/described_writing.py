"""What a described platform says, in the words of its statement."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators.directory import Directory, Motive, Practitioner
from integrations.simulators.paths import placed
from integrations.simulators.statement import Statement
from integrations.simulators.visits import Busy, Visit
from integrations.simulators.wire import Manner

NAMES = ("first_name", "last_name", "maiden_name")


class Writing:
    """Values as JSON, in the manner that a fault has ordered."""

    def __init__(self, wire: Statement, directory: Directory, manner: Manner) -> None:
        self.wire = wire
        self.directory = directory
        self.manner = manner

    def visit(self, visit: Visit) -> dict[str, Any]:
        """A visit with its patient."""
        patient = {name: visit.patient.get(name) for name in (*NAMES, "birth_date", "phone", "email")}
        patient |= {name: self.manner.words(patient[name]) for name in NAMES}
        said = self._timed(visit) | {
            "reason": self._id(visit.motive),
            "status": self.wire.statuses[visit.status],
            "version": visit.version,
            "changed": datetime.fromtimestamp(visit.updated / 1_000_000, UTC).isoformat(timespec="microseconds"),
            "patient": self._id(visit.patient["id"]),
        }
        return self._named(said | patient, self.wire.fields)

    def busy(self, busy: Busy) -> dict[str, Any]:
        """A closed time."""
        return self._named(self._timed(busy), self.wire.busy_fields)

    def person(self, person: Practitioner) -> dict[str, Any]:
        """Somebody with an agenda."""
        return self._named({"id": self._id(person.id), "name": person.name}, self.wire.person)

    def motive(self, motive: Motive) -> dict[str, Any]:
        """A reason."""
        return self._named({"id": self._id(motive.id), "name": motive.name, "minutes": motive.duration}, self.wire.motive)

    def _timed(self, timed: Visit | Busy) -> dict[str, Any]:
        practitioner = self.directory.practitioner(timed.practitioner)
        zone = practitioner.zone if practitioner else self.directory.zone
        length = int((timed.end - timed.start).total_seconds())
        return {
            "id": self._id(timed.id),
            "practitioner": self._id(timed.practitioner),
            "start": self._moment(timed.start, zone),
            "end": self._moment(timed.end, zone),
            "minutes": length // 60,
            "seconds": length,
            "reference": timed.client_reference,
        }

    def _moment(self, moment: datetime, zone: ZoneInfo) -> str | int:
        if self.wire.times == "epoch":
            return int(moment.timestamp())
        if self.wire.times == "local" and self.manner.time_format == "utc":
            return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
        return self.manner.time(moment, zone)

    def _id(self, identifier: str | None) -> str | int | None:
        return int(identifier) if identifier and self.wire.numbers and identifier.isdigit() else identifier

    def _named(self, said: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        return placed({path: said[name] for name, path in names.items()})
