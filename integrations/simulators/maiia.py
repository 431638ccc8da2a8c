"""Maiia's words on the wire: `/v2`, `X-Api-Key`, pages with a total, `revision` that every change must name."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from integrations.simulators import clock
from integrations.simulators.conditions import where_of
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import AlreadyCancelled, CursorExpired, Invalid, NotFound, StaleVersion, TimeTaken
from integrations.simulators.visits import Busy, Visit
from integrations.simulators.webhooks import signed
from integrations.simulators.wire import Manner, read_birth_date, read_count, read_instant, read_object, read_text

STATES = {"confirmed": "BOOKED", "cancelled": "CANCELLED", "done": "HONORED", "no_show": "MISSED"}
STATUS_OF = {state: status for status, state in STATES.items()}
TYPES = ["APPOINTMENT_CREATED", "APPOINTMENT_UPDATED", "APPOINTMENT_CANCELLED"]
CENTER = "c-1"
ASKED = {
    "reference": "externalReference", "since": "updatedSince", "from": "from", "to": "to", "practitioner": "practitionerId",
}  # fmt: skip


class Maiia:
    """The other platform. It never honours an idempotency key: a lost answer must be looked up."""

    slug = "maiia"
    label = "Maiia"
    badge = "Ma"
    prefix = "/v2"
    default_key = "sim-maiia-key"
    idempotency_header = ""
    defaults: Mapping[str, Any] = {
        "practitioners": [
            {"id": "p-7", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "p-8", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [
            {"id": "cr-1", "name": "Consultation de suivi", "duration": 20},
            {"id": "cr-2", "name": "Première consultation", "duration": 30},
        ],
    }
    signed = staticmethod(signed)
    engine: Engine

    def new_id(self, kind: str) -> str:
        """A short bare identifier, as this platform likes them."""
        return {"visit": "", "patient": "x-", "busy": "tb-"}[kind] + secrets.token_hex(6)

    def phone(self, e164: str) -> str:
        """French numbers are kept as people write them."""
        return "0" + e164[3:] if e164.startswith("+33") else e164

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The API key, or an empty text."""
        return headers.get("x-api-key", "")

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Whatever the caller wants to read, it gets JSON."""
        return True

    def event_type(self, act: str) -> str:
        """The event's name."""
        return f"APPOINTMENT_{act.upper()}"

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]:
        """What a webhook carries."""
        emitted = manner.occurred(clock.now(), self.engine.directory.zone)
        return {"type": self.event_type(act), "eventId": event_id, "emittedAt": emitted, "appointment": self.data(visit, manner)}

    def data(self, visit: Visit, manner: Manner) -> dict[str, Any]:
        """The bare appointment."""
        practitioner = self.engine.directory.practitioner(visit.practitioner)
        zone = practitioner.zone if practitioner else self.engine.directory.zone
        patient = visit.patient
        return {
            "id": visit.id,
            "practitionerId": visit.practitioner,
            "centerId": CENTER,
            "consultationReasonId": visit.motive,
            "startDateTime": manner.time(visit.start, zone),
            "endDateTime": manner.time(visit.end, zone),
            "state": STATES[visit.status],
            "revision": visit.version,
            "externalReference": visit.client_reference,
            "patient": {
                "id": patient["id"],
                "firstName": manner.words(patient["first_name"]),
                "birthName": manner.words(patient["last_name"]),
                "birthDate": patient["birth_date"],
                "mobilePhone": patient["phone"],
                "email": patient["email"],
            },
        }

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"code": code.upper()}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        if isinstance(error, Invalid):
            unknown = error.problem == "unknown"
            return (422 if unknown else 400), {"code": "UNKNOWN" if unknown else "INVALID", "field": error.field, "detail": error.problem}
        if isinstance(error, StaleVersion):
            return 409, {"code": "REVISION_CONFLICT", "revision": error.current}
        statuses: dict[type[Exception], tuple[int, str]] = {NotFound: (404, "not_found"), TimeTaken: (422, "time_taken")}
        others: dict[type[Exception], tuple[int, str]] = {
            AlreadyCancelled: (409, "already_cancelled"),
            CursorExpired: (410, "cursor_expired"),
        }
        status, code = (statuses | others)[type(error)]
        return status, self.error(code)

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
        """The caller's own identifier, for the ledger."""
        return body.get("externalReference") or query.get("externalReference")

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path below the prefix, and who answers."""
        return [
            ("POST", "/subscriptions", self.subscribe),
            ("GET", "/practitioners", self.practitioners),
            ("GET", "/consultation-reasons", self.motives),
            ("GET", "/appointments", self.appointments),
            ("POST", "/appointments", self.book),
            ("GET", "/appointments/{id}", self.appointment),
            ("PUT", "/appointments/{id}", self.change),
            ("DELETE", "/appointments/{id}", self.cancel),
            ("GET", "/time-blocks", self.busy),
            ("POST", "/time-blocks", self.close_time),
            ("DELETE", "/time-blocks/{id}", self.open_time),
        ]

    def subscribe(self, call: Call) -> Answer:
        """POST /subscriptions."""
        url, secret = read_text(call.body, "callbackUrl"), read_text(call.body, "secret")
        return Answer(201, {"id": call.engine.subscribe(str(url), str(secret), json.dumps(TYPES), call.api_key)})

    def practitioners(self, call: Call) -> Answer:
        """GET /practitioners."""
        return _whole([{"id": each.id, "name": each.name} for each in call.engine.directory.practitioners(call.scope)])

    def motives(self, call: Call) -> Answer:
        """GET /consultation-reasons."""
        return _whole([{"id": each.id, "name": each.name, "duration": each.duration} for each in call.engine.directory.motives()])

    def appointments(self, call: Call) -> Answer:
        """GET /appointments: by change, by window or by the caller's reference, in the order of the last change."""
        if "cursor-expired" in call.faults:
            raise CursorExpired
        page = read_count(call.query.get("page"), "page", 0, 0, 1_000_000)
        size = read_count(call.query.get("size"), "size", 50, 1, 200)
        where, values = where_of(call.query, ASKED, self.engine.directory.zone)
        visits = call.engine.visits
        total = visits.count(where, *values, scope=call.scope)
        found = visits.select(where, *values, scope=call.scope, order="updated", limit=size, offset=page * size)
        found, cut = call.cut_short(found)
        items = [self.data(call.shown(visit), call.manner) for visit in found]
        answer: dict[str, Any] = {"items": items, "total": total, "page": page, "last": cut or (page + 1) * size >= total}
        if "truncate-silent" in call.faults:
            del answer["last"]
        if "truncate-lying" in call.faults:
            answer["total"] = page * size + len(items)
        return Answer(200, answer)

    def appointment(self, call: Call) -> Answer:
        """GET /appointments/{id}."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        return Answer(200, self.data(call.shown(visit), call.manner), visit.id)

    def book(self, call: Call) -> Answer:
        """POST /appointments."""
        fields = self._read(call)
        minutes = int((fields["end"] - fields["start"]).total_seconds()) // 60
        visit = call.engine.book(
            practitioner=fields["practitioner"],
            start=fields["start"],
            minutes=minutes,
            motive=fields["motive"],
            patient=fields["patient"],
            reference=fields["client_reference"],
            origin="api",
        )
        return Answer(201, self.data(call.shown(visit), call.manner), visit.id)

    def change(self, call: Call) -> Answer:
        """PUT /appointments/{id}: the whole appointment, at its current revision."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        state = call.body.get("state")
        if state not in STATUS_OF:
            raise Invalid("state")
        _refuse_stale(visit, call.body.get("revision"))
        changed = call.engine.change(visit, origin="api", **self._read(call), status=STATUS_OF[state])
        return Answer(200, self.data(call.shown(changed), call.manner), visit.id)

    def cancel(self, call: Call) -> Answer:
        """DELETE /appointments/{id}?revision=: answers the cancelled appointment."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        revision = call.query.get("revision", "")
        _refuse_stale(visit, int(revision) if revision.isdigit() else None)
        cancelled = call.engine.cancel(visit, origin="api")
        return Answer(200, self.data(call.shown(cancelled), call.manner), visit.id)

    def busy(self, call: Call) -> Answer:
        """GET /time-blocks: all, or by the caller's reference."""
        reference = call.query.get("externalReference")
        found = call.engine.visits.busy("? IS NULL OR client_reference = ?", reference, reference, scope=call.scope)
        return Answer(200, {"items": [self._busy(each, call.manner) for each in found]})

    def close_time(self, call: Call) -> Answer:
        """POST /time-blocks."""
        body, zone = call.body, call.engine.directory.zone
        busy = call.engine.close_time(
            call.known_practitioner(read_text(body, "practitionerId"), "practitionerId"),
            read_instant(body.get("startDateTime"), "startDateTime", zone),
            read_instant(body.get("endDateTime"), "endDateTime", zone),
            read_text(body, "externalReference", optional=True),
        )
        return Answer(201, {"id": busy.id}, busy.id)

    def open_time(self, call: Call) -> Answer:
        """DELETE /time-blocks/{id}."""
        return Answer(204, None, call.engine.visits.open_time(call.params["id"], call.scope).id)

    def _read(self, call: Call) -> dict[str, Any]:
        body, zone = call.body, self.engine.directory.zone
        motive = read_text(body, "consultationReasonId", optional=True)
        if motive and not self.engine.directory.motive(motive):
            raise Invalid("consultationReasonId", "unknown")
        start = read_instant(body.get("startDateTime"), "startDateTime", zone)
        end = read_instant(body.get("endDateTime"), "endDateTime", zone)
        if end <= start:
            raise Invalid("endDateTime", "before the start")
        return {
            "practitioner": call.known_practitioner(read_text(body, "practitionerId"), "practitionerId"),
            "start": start,
            "end": end,
            "motive": motive,
            "patient": _patient(read_object(body, "patient")),
            "client_reference": read_text(body, "externalReference", optional=True),
        }

    def _busy(self, busy: Busy, manner: Manner) -> dict[str, Any]:
        zone = self.engine.directory.zone
        times = {"startDateTime": manner.time(busy.start, zone), "endDateTime": manner.time(busy.end, zone)}
        return {"id": busy.id, "practitionerId": busy.practitioner} | times | {"externalReference": busy.client_reference}


def _refuse_stale(visit: Visit, revision: Any) -> None:
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise Invalid("revision", "missing")
    if revision != visit.version:
        raise StaleVersion(visit.version)


def _whole(items: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"items": items, "total": len(items), "page": 0, "last": True})


def _patient(values: Mapping[str, Any]) -> dict[str, Any]:
    contact = {"phone": values.get("mobilePhone"), "email": values.get("email")}
    identifier = {"id": values["id"]} if values.get("id") else {}
    names = {"first_name": read_text(values, "firstName"), "last_name": read_text(values, "birthName")}
    return identifier | names | contact | {"birth_date": read_birth_date(values.get("birthDate"), "patient.birthDate")}
