"""Doctolib's words on the wire: `/v1`, bearer key, cursors, `version`."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from integrations.simulators import clock
from integrations.simulators.conditions import where_of
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import AlreadyCancelled, CursorExpired, Invalid, KeyReused, NotFound, TimeTaken
from integrations.simulators.visits import STATUSES, Busy, Visit
from integrations.simulators.webhooks import signed
from integrations.simulators.wire import (
    Manner,
    open_cursor,
    read_birth_date,
    read_count,
    read_instant,
    read_object,
    read_text,
    seal_cursor,
)

EVENTS = ["appointment.created", "appointment.updated", "appointment.cancelled"]
PREFIXES = {"visit": "apt_", "patient": "pat_", "busy": "busy_"}
ASKED = {"reference": "client_reference", "since": "updated_since", "from": "from", "to": "to", "practitioner": "practitioner_id"}


class Doctolib:
    """The platform that patients know best."""

    slug = "doctolib"
    label = "Doctolib"
    badge = "D"
    prefix = "/v1"
    default_key = "sim-doctolib-key"
    idempotency_header = "idempotency-key"
    defaults: Mapping[str, Any] = {
        "secret": "sim-doctolib-secret",
        "practitioners": [
            {"id": "pra_001", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "pra_002", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [
            {"id": "mot_1", "name": "Consultation de suivi", "duration": 20},
            {"id": "mot_2", "name": "Première consultation", "duration": 30},
        ],
    }
    signed = staticmethod(signed)
    engine: Engine

    def new_id(self, kind: str) -> str:
        """A prefixed identifier, as this platform likes them."""
        return PREFIXES[kind] + secrets.token_hex(6)

    def phone(self, e164: str) -> str:
        """Numbers are kept in E.164."""
        return e164

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The bearer key, or an empty text."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Whatever the caller wants to read, it gets JSON."""
        return True

    def event_type(self, act: str) -> str:
        """The event's name."""
        return f"appointment.{act}"

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]:
        """What a webhook carries."""
        occurred = manner.occurred(clock.now(), self.engine.directory.zone)
        return {"event": self.event_type(act), "event_id": event_id, "occurred_at": occurred, "data": self.data(visit, manner)}

    def data(self, visit: Visit, manner: Manner) -> dict[str, Any]:
        """A visit with its patient and practitioner."""
        practitioner = self.engine.directory.practitioner(visit.practitioner)
        zone = practitioner.zone if practitioner else self.engine.directory.zone
        patient = dict(visit.patient)
        for name in ("first_name", "last_name"):
            patient[name] = manner.words(patient[name])
        return {
            "appointment": {
                "id": visit.id,
                "start_time": manner.time(visit.start, zone),
                "duration": visit.minutes,
                "status": visit.status,
                "version": visit.version,
                "visit_motive_id": visit.motive,
                "client_reference": visit.client_reference,
            },
            "patient": patient,
            "practitioner": {"id": visit.practitioner, "name": practitioner.name if practitioner else ""},
        }

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"error": code}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        if isinstance(error, Invalid):
            unknown = error.problem == "unknown"
            return (422 if unknown else 400), {"error": "unknown" if unknown else "invalid", "field": error.field, "detail": error.problem}
        statuses: dict[type[Exception], tuple[int, str]] = {
            NotFound: (404, "not_found"),
            TimeTaken: (409, "slot_taken"),
            AlreadyCancelled: (409, "already_cancelled"),
        }
        others: dict[type[Exception], tuple[int, str]] = {
            CursorExpired: (410, "cursor_expired"),
            KeyReused: (422, "idempotency_key_reused"),
        }
        status, code = (statuses | others)[type(error)]
        return status, self.error(code)

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
        """The caller's own identifier, for the ledger."""
        return body.get("client_reference") or query.get("client_reference")

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path below the prefix, and who answers."""
        return [
            ("POST", "/webhooks", self.subscribe),
            ("GET", "/practitioners", self.practitioners),
            ("GET", "/visit_motives", self.motives),
            ("GET", "/appointments", self.appointments),
            ("POST", "/appointments", self.book),
            ("GET", "/appointments/{id}", self.appointment),
            ("PATCH", "/appointments/{id}", self.change),
            ("DELETE", "/appointments/{id}", self.cancel),
            ("GET", "/busy", self.busy),
            ("POST", "/busy", self.close_time),
            ("DELETE", "/busy/{id}", self.open_time),
        ]

    def subscribe(self, call: Call) -> Answer:
        """POST /webhooks."""
        url, secret = read_text(call.body, "url"), read_text(call.body, "secret")
        events = call.body.get("events", EVENTS)
        if not isinstance(events, list) or not set(events) <= set(EVENTS):
            raise Invalid("events")
        return Answer(201, {"id": call.engine.subscribe(str(url), str(secret), json.dumps(events), call.api_key)})

    def practitioners(self, call: Call) -> Answer:
        """GET /practitioners."""
        return Answer(200, {"data": [{"id": each.id, "name": each.name} for each in call.engine.directory.practitioners(call.scope)]})

    def motives(self, call: Call) -> Answer:
        """GET /visit_motives."""
        return Answer(
            200, {"data": [{"id": each.id, "name": each.name, "duration": each.duration} for each in call.engine.directory.motives()]}
        )

    def appointments(self, call: Call) -> Answer:
        """GET /appointments: by change, by window or by the caller's reference, in the order of the last change."""
        if "cursor-expired" in call.faults:
            raise CursorExpired
        limit = read_count(call.query.get("limit"), "limit", 50, 1, 200)
        cursor: dict[str, Any] = open_cursor(call.query["cursor"]) if call.query.get("cursor") else {"query": dict(call.query), "after": 0}
        where, values = where_of(cursor["query"], ASKED, self.engine.directory.zone)
        where, values = f"{where} AND updated > ?", [*values, cursor["after"]]
        found = call.engine.visits.select(where, *values, scope=call.scope, order="updated", limit=limit + 1)
        page, more = found[:limit], len(found) > limit
        page, cut = call.cut_short(page)
        more = more and not cut
        answer = {
            "data": [self.data(call.shown(visit), call.manner) for visit in page],
            "next_cursor": seal_cursor(cursor | {"after": page[-1].updated}) if more else None,
            "complete": not more and "truncate" not in call.faults,
        }
        if "truncate-silent" in call.faults:
            del answer["complete"]
        return Answer(200, answer)

    def appointment(self, call: Call) -> Answer:
        """GET /appointments/{id}."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        return Answer(200, self.data(call.shown(visit), call.manner), visit.id)

    def book(self, call: Call) -> Answer:
        """POST /appointments."""
        body, zone = call.body, call.engine.directory.zone
        motive = read_text(body, "visit_motive_id", optional=True)
        if motive and not call.engine.directory.motive(motive):
            raise Invalid("visit_motive_id", "unknown")
        visit = call.engine.book(
            practitioner=call.known_practitioner(read_text(body, "practitioner_id"), "practitioner_id"),
            start=read_instant(body.get("start_time"), "start_time", zone),
            minutes=_minutes(body.get("duration")),
            motive=motive,
            patient=_patient(read_object(body, "patient")),
            reference=read_text(body, "client_reference", optional=True),
            origin="api",
        )
        return Answer(201, self.data(call.shown(visit), call.manner), visit.id)

    def change(self, call: Call) -> Answer:
        """PATCH /appointments/{id}."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        body = call.body
        start = read_instant(body["start_time"], "start_time", self.engine.directory.zone) if "start_time" in body else visit.start
        minutes = _minutes(body["duration"]) if "duration" in body else visit.minutes
        changes: dict[str, Any] = {"start": start, "end": start + timedelta(minutes=minutes)}
        if "status" in body:
            if body["status"] not in STATUSES:
                raise Invalid("status")
            changes["status"] = body["status"]
        changed = call.engine.change(visit, origin="api", **changes)
        return Answer(200, self.data(call.shown(changed), call.manner), visit.id)

    def cancel(self, call: Call) -> Answer:
        """DELETE /appointments/{id}."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        call.engine.cancel(visit, origin="api")
        return Answer(204, None, visit.id)

    def busy(self, call: Call) -> Answer:
        """GET /busy: all, or by the caller's reference."""
        reference = call.query.get("client_reference")
        found = call.engine.visits.busy("? IS NULL OR client_reference = ?", reference, reference, scope=call.scope)
        return Answer(200, {"data": [self._busy(each, call.manner) for each in found]})

    def close_time(self, call: Call) -> Answer:
        """POST /busy."""
        body, zone = call.body, call.engine.directory.zone
        busy = call.engine.close_time(
            call.known_practitioner(read_text(body, "practitioner_id"), "practitioner_id"),
            read_instant(body.get("start_time"), "start_time", zone),
            read_instant(body.get("end_time"), "end_time", zone),
            read_text(body, "client_reference", optional=True),
        )
        return Answer(201, {"id": busy.id}, busy.id)

    def open_time(self, call: Call) -> Answer:
        """DELETE /busy/{id}."""
        return Answer(204, None, call.engine.visits.open_time(call.params["id"], call.scope).id)

    def _busy(self, busy: Busy, manner: Manner) -> dict[str, Any]:
        zone = self.engine.directory.zone
        times = {"start_time": manner.time(busy.start, zone), "end_time": manner.time(busy.end, zone)}
        return {"id": busy.id, "practitioner_id": busy.practitioner} | times | {"client_reference": busy.client_reference}


def _minutes(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 1440:
        raise Invalid("duration")
    return value


def _patient(values: Mapping[str, Any]) -> dict[str, Any]:
    names = {"first_name": read_text(values, "first_name"), "last_name": read_text(values, "last_name")}
    contact = {name: read_text(values, name, optional=True) for name in ("id", "email", "phone") if values.get(name)}
    return names | contact | {"birth_date": read_birth_date(values.get("birth_date"), "patient.birth_date")}
