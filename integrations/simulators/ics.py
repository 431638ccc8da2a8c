"""A calendar program: nothing but a feed per person, with or without a password, read whole and changed by its owner."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators import clock
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import Invalid, NotFound
from integrations.simulators.visits import Visit
from integrations.simulators.webhooks import signed
from integrations.simulators.wire import Manner

STATUSES = {"cancelled": "CANCELLED"}


class Ics:
    """A calendar program. Who cancels an event deletes it: it is gone from the feed, unless the address says `?cancelled=shown`."""

    slug = "ics"
    label = "Calendrier"
    badge = "I"
    prefix = "/feeds"
    default_key = ""
    idempotency_header = ""
    defaults: Mapping[str, Any] = {
        "practitioners": [
            {"id": "helene", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "karim", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [{"id": "event", "name": "Événement", "duration": 30}],
    }
    signed = staticmethod(signed)
    engine: Engine

    def new_id(self, kind: str) -> str:
        """A UID."""
        return f"{secrets.token_hex(10)}@calendar.example"

    def phone(self, e164: str) -> str:
        """As it was typed."""
        return e164

    def key_of(self, headers: Mapping[str, str]) -> str:
        """`name:password`, or an empty text: the address itself is the secret."""
        kind, _, value = headers.get("authorization", "").partition(" ")
        try:
            return base64.b64decode(value).decode() if kind == "Basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            return "unreadable"

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Whatever the caller wants to read, it gets a calendar."""
        return True

    def event_type(self, act: str) -> str:
        """It tells nobody."""
        return act

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]:
        """It tells nobody."""
        return {}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        return (404 if isinstance(error, NotFound) else 400), {"error": error.field if isinstance(error, Invalid) else "not found"}

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"error": code}

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
        """Nothing of anybody else's is here."""
        return None

    def routes(self) -> list[tuple[str, str, Handler]]:
        """One address."""
        return [("GET", "/{id}.ics", self.feed)]

    def feed(self, call: Call) -> Answer:
        """The calendar; cut in the middle (`truncate`), or well-formed with half of its events (`truncate-silent`, `-lying`)."""
        wanted = call.params["id"]
        person = self.engine.directory.practitioner(wanted)
        if person is None:
            raise NotFound
        visits = [each for each in self.engine.visits.select("practitioner = ?", wanted) if self._is_shown(each, call.query)]
        if call.faults & {"truncate-silent", "truncate-lying"}:
            visits = visits[: len(visits) // 2]
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar//EN", "CALSCALE:GREGORIAN"]
        for each in visits:
            lines += self._event(call.shown(each), call.manner, person.zone)
        text = "\r\n".join([*lines, "END:VCALENDAR", ""])
        return Answer(200, text[: len(text) // 2] if "truncate" in call.faults else text)

    def _is_shown(self, visit: Visit, query: Mapping[str, str]) -> bool:
        return visit.status != "cancelled" or query.get("cancelled") == "shown"

    def _event(self, visit: Visit, manner: Manner, zone: ZoneInfo) -> list[str]:
        name = f"{visit.patient.get('first_name', '')} {visit.patient.get('last_name', '')}".strip()
        return [
            "BEGIN:VEVENT",
            f"UID:{visit.id}",
            f"DTSTAMP:{clock.now().astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"SEQUENCE:{visit.version - 1}",
            f"DTSTART{_moment(visit.start, manner.time_format, zone)}",
            f"DTEND{_moment(visit.end, manner.time_format, zone)}",
            f"SUMMARY:{manner.words(name or 'Occupé')}",
            f"STATUS:{STATUSES.get(visit.status, 'CONFIRMED')}",
            "END:VEVENT",
        ]


def _moment(moment: datetime, time_format: str, zone: ZoneInfo) -> str:
    """UTC; in the person's zone by name (`local`); or on nobody's clock in particular (`naive`)."""
    if time_format == "local":
        return f";TZID={zone.key}:{moment.astimezone(zone):%Y%m%dT%H%M%S}"
    return f":{moment.astimezone(zone):%Y%m%dT%H%M%S}" if time_format == "naive" else f":{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
