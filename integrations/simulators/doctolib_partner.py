"""Doctolib's partner protocol on the wire: `/partner`, signed calls, a feed of events, booking and cancelling.

Hosts, headers, signature and routes are as clients have been seen to use them; what an event and an appointment look like is this
simulator's own statement.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators import clock
from integrations.simulators.doctolib import Doctolib
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import CursorExpired, Invalid, NotFound, NotSigned, TimeTaken
from integrations.simulators.openings import free_days
from integrations.simulators.partner_feed import PartnerFeed
from integrations.simulators.visits import Visit
from integrations.simulators.wire import Manner, read_birth_date, read_count, read_instant, read_object, read_text

MEDIA_TYPE = "application/vnd.doctolib.v1+json"
SIGNED_WITHIN = timedelta(minutes=15)
PATIENT = ("first_name", "last_name", "maiden_name", "email", "secondary_phone_number", "external_patient_id", "gender")
STATUSES = {"cancelled": "deleted"}
PAGE = 100


class DoctolibPartner(Doctolib):
    """The same platform, its times and its patients, in other words."""

    prefix = "/partner"
    idempotency_header = ""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.feed = PartnerFeed(engine.store)
        engine.watchers.append(self.feed.note)

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The access key of a call whose signature holds. Raises NotSigned, which says what should have been signed."""
        said = (headers[":method"], headers.get("content-type", ""), headers[":content-md5"], headers[":path"], headers.get("date", ""))
        expected = ",".join(said)
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        key, _, given = credentials.partition(":")
        mac = hmac.new(self.engine.directory.secret_of(key).encode(), expected.encode(), hashlib.sha1).digest()
        whole = headers.get("content-md5") == headers[":content-md5"] and _is_fresh(headers.get("date", ""))
        known = scheme == "APIAuth" and self.engine.directory.secret_of(key) != ""
        if not (whole and known and hmac.compare_digest(given.encode(), base64.b64encode(mac))):
            raise NotSigned(expected)
        return key

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Only its own media type."""
        return headers.get("accept", "") == MEDIA_TYPE

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"error": code, "error_messages": [code.replace("_", " ")]}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        if isinstance(error, NotSigned):
            return 401, {"error": "invalid_signature", "error_messages": [f"expected signed string: {error.expected}"]}
        if isinstance(error, Invalid):
            code = "invalid_json" if error.field == "body" else "invalid_parameter"
            return 400, {"error": code, "error_messages": [f"{error.field}: {error.problem}"]}
        statuses: dict[type[Exception], tuple[int, str]] = {
            NotFound: (404, "not_found"),
            TimeTaken: (422, "slot_unavailable"),
            CursorExpired: (410, "event_expired"),
        }
        status, code = statuses[type(error)]
        return status, self.error(code)

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path below the prefix, and who answers."""
        return [
            ("GET", "/auth", self.auth),
            ("GET", "/sync", self.sync),
            ("GET", "/agendas", self.agendas),
            ("GET", "/visit_motives", self.visit_motives),
            ("GET", "/availabilities", self.availabilities),
            ("GET", "/appointments", self.patient_appointments),
            ("POST", "/appointments", self.book),
            ("DELETE", "/appointments/{id}", self.cancel),
        ]

    def auth(self, call: Call) -> Answer:
        """GET /auth: the key opens."""
        return Answer(200, {"authenticated": True})

    def sync(self, call: Call) -> Answer:
        """GET /sync?last_event_id=: what happened since, oldest first, a page at a time; none is the end."""
        if "cursor-expired" in call.faults:
            raise CursorExpired
        found, _cut = call.cut_short(self.feed.after(call.query.get("last_event_id"), PAGE, call.scope))
        zone = self.engine.directory.zone
        events = [
            {"id": each.id, "event": each.type, "created_at": call.manner.occurred(each.at, zone)}
            | {"appointment": self._appointment(call.shown(each.visit), call.manner)}
            for each in found
        ]
        return Answer(200, call.manner.pruned({"events": events}))

    def agendas(self, call: Call) -> Answer:
        """GET /agendas."""
        return Answer(200, {"agendas": [{"id": each.id, "name": each.name} for each in call.engine.directory.practitioners(call.scope)]})

    def visit_motives(self, call: Call) -> Answer:
        """GET /visit_motives?agenda_ids[]=: the same for every agenda here."""
        self._asked_agendas(call)
        return Answer(200, {"visit_motives": [{"id": each.id, "name": each.name} for each in call.engine.directory.motives()]})

    def availabilities(self, call: Call) -> Answer:
        """GET /availabilities?agenda_ids[]=&visit_motive_id=&start_date=&limit=: free starts of three to seven days."""
        motive = call.engine.directory.motive(call.query.get("visit_motive_id"))
        if motive is None:
            raise Invalid("visit_motive_id", "unknown")
        first = read_birth_date(call.query.get("start_date"), "start_date")
        days = read_count(call.query.get("limit"), "limit", 7, 3, 7)
        start = datetime.fromisoformat(first).date() if first else clock.now().astimezone(self.engine.directory.zone).date()
        slots: dict[str, list[str]] = {str(start + timedelta(days=day)): [] for day in range(days)}
        for wanted in self._asked_agendas(call):
            who = call.engine.directory.practitioner(wanted)
            for day in free_days(call.engine.visits, who, motive, start, days, clock.now()) if who else ():
                slots[str(day.date)] += [_written(start, start.tzinfo, call.manner) for start in day.starts]
        return Answer(200, {"availabilities": [{"date": day, "slots": sorted(found)} for day, found in slots.items()]})

    def patient_appointments(self, call: Call) -> Answer:
        """GET /appointments?patient_id=: all of one patient's, deleted ones included."""
        found = self._of_patient(read_text(call.query, "patient_id"), call)
        told = [self._appointment(call.shown(visit), call.manner) for visit in found]
        return Answer(200, call.manner.pruned({"appointments": told}))

    def book(self, call: Call) -> Answer:
        """POST /appointments: as long as the reason says."""
        body = call.body
        motive = call.engine.directory.motive(read_text(body, "visit_motive_id"))
        if motive is None:
            raise Invalid("visit_motive_id", "unknown")
        visit = call.engine.book(
            practitioner=call.known_practitioner(read_text(body, "agenda_id"), "agenda_id"),
            start=read_instant(body.get("start_date"), "start_date", call.engine.directory.zone),
            minutes=motive.duration,
            motive=motive.id,
            patient=self._patient(call),
            origin="api",
        )
        return Answer(201, self._appointment(call.shown(visit), call.manner), visit.id)

    def _patient(self, call: Call) -> Mapping[str, Any]:
        """One who is known, or a new one."""
        if "patient_id" not in call.body:
            values = read_object(call.body, "patient")
            names = {"first_name": read_text(values, "first_name"), "last_name": read_text(values, "last_name")}
            rest = {name: read_text(values, name, optional=True) for name in PATIENT if name not in names}
            phone = read_text(values, "phone_number", optional=True)
            return names | rest | {"phone": phone, "birth_date": read_birth_date(values.get("birthdate"), "patient.birthdate")}
        found = self._of_patient(read_text(call.body, "patient_id"), call)
        if not found:
            raise Invalid("patient_id", "unknown")
        return found[-1].patient

    def _of_patient(self, wanted: str | None, call: Call) -> list[Visit]:
        return call.engine.visits.select("json_extract(patient, '$.id') = ?", wanted, scope=call.scope, order="updated")

    def _asked_agendas(self, call: Call) -> list[str]:
        wanted = [each for each in call.query.get("agenda_ids[]", "").split(",") if each]
        if not wanted:
            raise Invalid("agenda_ids", "missing")
        return [str(call.known_practitioner(each, "agenda_ids")) for each in wanted]

    def _appointment(self, visit: Visit, manner: Manner) -> dict[str, Any]:
        practitioner = self.engine.directory.practitioner(visit.practitioner)
        zone = practitioner.zone if practitioner else self.engine.directory.zone
        patient = {name: manner.words(visit.patient.get(name)) for name in PATIENT}
        contact = {"id": visit.patient["id"], "birthdate": visit.patient.get("birth_date"), "phone_number": visit.patient.get("phone")}
        return {
            "id": visit.id,
            "agenda_id": visit.practitioner,
            "visit_motive_id": visit.motive,
            "start_date": _written(visit.start, zone, manner),
            "end_date": _written(visit.end, zone, manner),
            "status": STATUSES.get(visit.status, visit.status),
            "updated_at": datetime.fromtimestamp(visit.updated / 1_000_000, UTC).isoformat(timespec="microseconds"),
            "patient": patient | contact,
        }


def _written(moment: datetime, zone: Any, manner: Manner) -> str:
    """With the cabinet's offset, without a colon in it, unless a fault has it otherwise."""
    if manner.time_format == "utc" or not isinstance(zone, ZoneInfo):
        return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S%z")
    return manner.time(moment, zone)


def _is_fresh(date: str) -> bool:
    try:
        return abs(clock.now() - parsedate_to_datetime(date)) <= SIGNED_WITHIN
    except (ValueError, TypeError):
        return False
