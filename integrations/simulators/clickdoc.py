"""ClickDoc's words on the wire: `/api/v3`, bearer key, cursors, minutes, `revision` that every change must name, a MAC of each webhook."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from integrations.simulators import clock
from integrations.simulators.described import Described
from integrations.simulators.statement import Statement

_TIMED = {"practitioner": "calendarId", "start": "begin", "minutes": "durationMinutes", "reference": "externalId"}


class Clickdoc(Described):
    """The platform of a maker of office software. It honours a request's identifier."""

    slug = "clickdoc"
    label = "ClickDoc"
    badge = "C"
    prefix = "/api/v3"
    default_key = "sim-clickdoc-key"
    idempotency_header = "x-request-id"
    defaults: Mapping[str, Any] = {
        "practitioners": [
            {"id": "cal-1", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "cal-2", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [
            {"id": "tr-1", "name": "Consultation de suivi", "duration": 20},
            {"id": "tr-2", "name": "Première consultation", "duration": 30},
        ],
    }
    wire = Statement(
        visits="/appointments",
        practitioners="/calendars",
        reasons="/treatments",
        busy="/blockers",
        fields=_TIMED
        | {
            "id": "appointmentId",
            "reason": "treatmentId",
            "status": "state",
            "version": "revision",
            "patient": "patient.patientId",
            "first_name": "patient.name.given",
            "last_name": "patient.name.family",
            "maiden_name": "patient.name.birth",
            "birth_date": "patient.birthDate",
            "phone": "patient.mobile",
            "email": "patient.mail",
        },
        busy_fields=_TIMED | {"id": "blockerId"},
        person={"id": "calendarId", "name": "displayName"},
        motive={"id": "treatmentId", "name": "title", "minutes": "minutes"},
        statuses={"confirmed": "BOOKED", "cancelled": "CANCELLED", "no_show": "MISSED", "done": "FINISHED"},
        asked={"reference": "externalId", "since": "changedSince", "from": "from", "to": "to", "practitioner": "calendarId"},
        refusals={
            "not_found": (404, "NOT_FOUND"),
            "taken": (409, "SLOT_TAKEN"),
            "already_cancelled": (409, "ALREADY_CANCELLED"),
            "stale": (409, "REVISION_MISMATCH"),
            "cursor_expired": (410, "CURSOR_EXPIRED"),
            "key_reused": (422, "REQUEST_ID_REUSED"),
        },
        change="PATCH",
        cancel=("POST", "/cancellation"),
        guards_version=True,
        subscriptions="/webhooks",
        subscription={"url": "callback", "secret": "sharedSecret"},
        events={"created": "APPOINTMENT_BOOKED", "updated": "APPOINTMENT_CHANGED", "cancelled": "APPOINTMENT_CANCELLED"},
    )

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The bearer key, or an empty text."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"error": {"code": code.upper()}}

    def page(self, items: list[Any], *, number: int, size: int, total: int, cursor: str | None, last: bool | None) -> dict[str, Any]:
        """The next cursor, and whether all is said."""
        return {"paging": {"next": cursor} | ({} if last is None else {"complete": last})}

    def told(self, type_: str, event_id: str, at: str, visit: dict[str, Any]) -> dict[str, Any]:
        """What a webhook carries."""
        return {"eventId": event_id, "eventType": type_, "sentAt": at, "payload": {"appointment": visit}}

    def signed(self, secret: str, event_id: str, body: str, *, skew: float = 0) -> dict[str, str]:
        """`X-ClickDoc-Signature: sha256=<hex of the MAC of "<seconds>.<body>">`."""
        stamp = str(int((clock.now() + timedelta(seconds=skew)).timestamp()))
        mac = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
        return {"content-type": "application/json", "x-clickdoc-timestamp": stamp, "x-clickdoc-signature": f"sha256={mac}"}
