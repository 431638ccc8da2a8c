"""Keldoc's words on the wire: `/partners`, signed calls, one webhook address an account, closed times as appointments of nobody."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulators import clock, keldoc_reading
from integrations.simulators import keldoc_account as account
from integrations.simulators.conditions import where_of
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import AlreadyCancelled, CursorExpired, Invalid, NotFound, TimeTaken
from integrations.simulators.keldoc_reading import number
from integrations.simulators.keldoc_times import availabilities, available_slots
from integrations.simulators.visits import Busy, Visit
from integrations.simulators.webhooks import signed
from integrations.simulators.wire import Manner, read_count

MEDIA_TYPE = "application/vnd.keldoc-v1+json"
SIGNED_WITHIN = timedelta(minutes=15)
NOT_SIGNED = re.compile(r"[^A-Za-z0-9=: ]")
ASKED = {
    "reference": "reference", "since": "updated_since", "from": "start_date", "to": "end_date", "practitioner": "agenda_id",
}  # fmt: skip


class Keldoc:
    """The platform of clinics. It knows no idempotency key, and no version but the instant of the last change."""

    slug = "keldoc"
    label = "Keldoc"
    badge = "K"
    prefix = "/partners"
    default_key = "sim-keldoc-key"
    idempotency_header = ""
    defaults: Mapping[str, Any] = {
        "secret": "sim-keldoc-secret",
        "practitioners": [
            {"id": "101", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "102", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [
            {"id": "11", "name": "Consultation de suivi", "duration": 20},
            {"id": "12", "name": "Première consultation", "duration": 30},
        ],
    }
    signed = staticmethod(signed)
    engine: Engine

    def new_id(self, kind: str) -> str:
        """Bare numbers, as this platform likes them."""
        return str(secrets.randbelow(9 * 10**9) + 10**9)

    def phone(self, e164: str) -> str:
        """French numbers are kept as people write them."""
        return "0" + e164[3:] if e164.startswith("+33") else e164

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The access key of a call whose signature holds, or an empty text."""
        date, given = headers.get("date", ""), headers.get("authorization", "")
        if not _is_fresh(date):
            return ""
        signed = f"{date},{headers.get('content-type', '')}".encode()
        for key in self.engine.directory.known_keys():
            mac = hmac.new(self.engine.directory.secret_of(key).encode(), signed, hashlib.sha256).digest()
            expected = NOT_SIGNED.sub("", f"Bearer {key}:{base64.b64encode(mac).decode()}")
            if hmac.compare_digest(given.encode(), expected.encode()):
                return key
        return ""

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Only its own media type."""
        return headers.get("accept", "") == MEDIA_TYPE

    def event_type(self, act: str) -> str:
        """The event's name."""
        return account.EVENT_OF[act]

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]:
        """What a webhook carries."""
        created = manner.occurred(clock.now(), self.engine.directory.zone)
        return {"id": event_id, "event": self.event_type(act), "created_at": created, "appointment": self.data(visit, manner)}

    def data(self, visit: Visit, manner: Manner) -> dict[str, Any]:
        """An appointment with its patient."""
        patient = visit.patient
        told = {name: patient.get(name) for name in keldoc_reading.PATIENT}
        for name in ("first_name", "last_name", "maiden_name"):
            told[name] = manner.words(told[name])
        return self._appointment(visit, manner) | {
            "state": "canceled" if visit.status == "cancelled" else "confirmed",
            "no_show": visit.status == "no_show",
            "no_show_excused": False,
            "patient_arrived": visit.status == "done",
            "motive_id": number(visit.motive) if visit.motive else None,
            **{name: bool(patient.get(name)) for name in keldoc_reading.SKIPS},
            "patient_id": number(patient["id"]),
            "patient": {"id": number(patient["id"])} | told,
            "updated_at": datetime.fromtimestamp(visit.updated / 1_000_000, UTC).isoformat(timespec="microseconds"),
        }

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"error": code}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        if isinstance(error, Invalid):
            if error.problem == "unknown":
                return 422, {"error": "validation", "errors": {error.field: ["unknown"]}}
            return 400, {"error": "bad_request", "field": error.field, "detail": error.problem}
        wrong: dict[type[Exception], tuple[str, str]] = {TimeTaken: ("start_at", "taken"), AlreadyCancelled: ("state", "already_canceled")}
        if type(error) in wrong:
            field, problem = wrong[type(error)]
            return 422, {"error": "validation", "errors": {field: [problem]}}
        statuses: dict[type[Exception], tuple[int, str]] = {NotFound: (404, "not_found"), CursorExpired: (410, "cursor_expired")}
        status, code = statuses[type(error)]
        return status, self.error(code)

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
        """The caller's own identifier, for the ledger."""
        return body.get("reference") or query.get("reference")

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path below the prefix, and who answers."""
        return [
            ("GET", "/config", account.config),
            ("GET", "/agendas", account.agendas),
            ("GET", "/motives", account.motives),
            ("GET", "/specialties", account.specialties),
            ("GET", "/config/webhooks", account.webhook),
            ("POST", "/config/webhooks", account.subscribe),
            ("PUT", "/config/webhooks", account.replace_webhook),
            ("DELETE", "/config/webhooks", account.unsubscribe),
            ("GET", "/availabilities", availabilities),
            ("GET", "/available_slots", available_slots),
            ("GET", "/patients", self.patients),
            ("GET", "/appointments", self.appointments),
            ("POST", "/appointments", self.book),
            ("GET", "/appointments/{id}", self.appointment),
            ("PUT", "/appointments/{id}", self.change),
            ("DELETE", "/appointments/{id}", self.delete),
        ]

    def patients(self, call: Call) -> Answer:
        """GET /patients: everybody who ever booked."""
        told = [self.data(visit, call.manner) for visit in call.engine.visits.select("1", scope=call.scope)]
        return Answer(200, list({each["patient_id"]: each["patient"] for each in told}.values()))

    # --- appointments -----------------------------------------------------------------------------------------------

    def appointments(self, call: Call) -> Answer:
        """GET /appointments: by change, by window or by the caller's reference; visits first, then the closed times."""
        if "cursor-expired" in call.faults:
            raise CursorExpired
        page = read_count(call.query.get("page"), "page", 0, 0, 1_000_000)
        size = read_count(call.query.get("per_page"), "per_page", 50, 1, 200)
        where, values = where_of(call.query, ASKED, self.engine.directory.zone)
        visits = call.engine.visits
        many = visits.count(where, *values, scope=call.scope)
        found = visits.select(where, *values, scope=call.scope, order="updated", limit=size, offset=page * size)
        closed = [] if "updated_since" in call.query else visits.busy(where, *values, scope=call.scope)
        shown = closed[max(0, page * size - many) : max(0, (page + 1) * size - many)]
        items = [self.data(call.shown(visit), call.manner) for visit in found] + [self._closed(busy, call.manner) for busy in shown]
        items, cut = call.cut_short(items)
        total = many + len(closed)
        answer: dict[str, Any] = {"appointments": items, "page": page, "total": total, "last": cut or (page + 1) * size >= total}
        if "truncate-silent" in call.faults:
            del answer["last"]
        if "truncate-lying" in call.faults:
            answer["total"] = page * size + len(items)
        return Answer(200, answer)

    def appointment(self, call: Call) -> Answer:
        """GET /appointments/{id}."""
        closed = self._closed_time(call)
        if closed:
            return Answer(200, self._closed(closed, call.manner), closed.id)
        visit = call.engine.visits.find(call.params["id"], call.scope)
        return Answer(200, self.data(call.shown(visit), call.manner), visit.id)

    def book(self, call: Call) -> Answer:
        """POST /appointments: a visit, or without any patient a closed time."""
        wanted = keldoc_reading.booking(call)
        start, minutes = wanted["start"], wanted["minutes"]
        if wanted["patient"] is None:
            end = start + timedelta(minutes=minutes)
            busy = call.engine.close_time(wanted["practitioner"], start, end, wanted["reference"])
            return Answer(201, self._closed(busy, call.manner), busy.id)
        visit = call.engine.book(**wanted, origin="api")
        return Answer(201, self.data(call.shown(visit), call.manner), visit.id)

    def change(self, call: Call) -> Answer:
        """PUT /appointments/{id}: the fields that are named, the others stay."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        changed = call.engine.change(visit, origin="api", **keldoc_reading.changes(call, visit))
        return Answer(200, self.data(call.shown(changed), call.manner), visit.id)

    def delete(self, call: Call) -> Answer:
        """DELETE /appointments/{id}: a closed time is gone, a visit is canceled."""
        closed = self._closed_time(call)
        if closed:
            return Answer(204, None, call.engine.visits.open_time(closed.id, call.scope).id)
        visit = call.engine.visits.find(call.params["id"], call.scope)
        call.engine.cancel(visit, origin="api")
        return Answer(204, None, visit.id)

    def _closed_time(self, call: Call) -> Busy | None:
        return next(iter(call.engine.visits.busy("id = ?", call.params["id"], scope=call.scope)), None)

    def _closed(self, busy: Busy, manner: Manner) -> dict[str, Any]:
        nobody = {"state": "confirmed", "motive_id": None, "patient_id": None, "patient": None}
        return self._appointment(busy, manner) | nobody

    def _appointment(self, timed: Visit | Busy, manner: Manner) -> dict[str, Any]:
        practitioner = self.engine.directory.practitioner(timed.practitioner)
        zone = practitioner.zone if practitioner else self.engine.directory.zone
        return {
            "id": number(timed.id),
            "agenda_id": number(timed.practitioner),
            "start_at": _time(timed.start, zone, manner),
            "duration": int((timed.end - timed.start).total_seconds()),
            "reference": timed.client_reference,
            "patient_comment": "",
        }


def _time(moment: datetime, zone: ZoneInfo, manner: Manner) -> str:
    """With the cabinet's offset, unless a fault has it otherwise."""
    return moment.astimezone(zone).isoformat(timespec="seconds") if manner.time_format == "utc" else manner.time(moment, zone)


def _is_fresh(date: str) -> bool:
    try:
        signed = datetime.fromisoformat(date)
    except ValueError:
        return False
    return signed.tzinfo is not None and abs(clock.now() - signed) <= SIGNED_WITHIN
