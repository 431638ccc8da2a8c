"""The same time asked for through each door: the cabinet's site, a partner's key, the cabinet's own key, Doctolib, Maiia."""

import json
import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from standardwebhooks.webhooks import Webhook

from bench.load import post
from bench.stage import Stage

SECRET = "whsec_" + b64encode(b"storm-storm-storm-storm-").decode()
MINUTES = 30
_TOKEN = "s" * 32  # a browser's CSRF cookie and the form's field: what counts is that they are the same


class Doors:
    """Writes the requests; each attempt has a number of its own, which the platforms' visits carry as their id."""

    def __init__(self, stage: Stage, cabinet: dict, seed: int) -> None:
        self.stage, self.cabinet, self.chance = stage, cabinet, random.Random(seed)

    def request(self, door: str, number: int, time: tuple[str, str]) -> bytes:
        """The bytes of one attempt; a platform's is signed now and good for five minutes."""
        return getattr(self, f"_{door}")(number, *time)

    def _post(self, path: str, body: bytes, key: str = "", **headers: str) -> bytes:
        return post(self.stage.port, self.cabinet["host"], path, key, body, **headers)

    def _site(self, number: int, practitioner: str, start: str) -> bytes:
        form = {"start": start, "practitioner": practitioner, "visit_reason": self.cabinet["reason"], "known": "no"}
        headers = {
            "Content_Type": "application/x-www-form-urlencoded", "Cookie": f"__Host-medidesk-csrf={_TOKEN}",
            "Origin": f"https://{self.cabinet['host']}:{self.stage.port}",
        }  # fmt: skip
        return self._post("/reserver/", urlencode(form | {"csrfmiddlewaretoken": _TOKEN}).encode(), **headers)

    def _partner(self, number: int, practitioner: str, start: str) -> bytes:
        return self._booking(self.cabinet["key"], practitioner, start, {})

    def _staff(self, number: int, practitioner: str, start: str) -> bytes:
        return self._booking(self.cabinet["staff_key"], practitioner, start, {"source": "phone"})

    def _booking(self, key: str, practitioner: str, start: str, more: dict[str, str]) -> bytes:
        patient = self.chance.choice(self.cabinet["patients"])
        body = {"practitioner": practitioner, "visit_reason": self.cabinet["reason"], "start": start, "patient": patient} | more
        return self._post("/api/v1/appointments", json.dumps(body).encode(), key, Idempotency_Key=f'"{self._uuid()}"')

    def _doctolib(self, number: int, practitioner: str, start: str) -> bytes:
        appointment = {"id": str(number), "start_time": _utc(start), "duration": MINUTES, "status": "confirmed", "version": 1}
        patient = {"id": f"p{number}", "first_name": f"Dora{number}", "last_name": "Orage", "birth_date": "1980-01-02", "phone": None}
        data = {"appointment": appointment | {"visit_motive_id": "r"}, "patient": patient, "practitioner": {"id": practitioner}}
        return self._webhook("doctolib", {"event": "appointment.created", "event_id": f"e{number}", "data": data})

    def _maiia(self, number: int, practitioner: str, start: str) -> bytes:
        patient = {"id": f"p{number}", "firstName": f"Maya{number}", "birthName": "Orage", "birthDate": "1980-01-02"}
        times = {"startDateTime": _utc(start), "endDateTime": _utc(start, MINUTES)}
        visit = {"id": str(number), "practitionerId": practitioner, "consultationReasonId": "r", "state": "BOOKED", "revision": 1}
        event = {
            "type": "APPOINTMENT_CREATED",
            "eventId": f"e{number}",
            "emittedAt": f"{self.stage.now():%Y-%m-%dT%H:%M:%SZ}",
        }
        return self._webhook("maiia", event | {"appointment": visit | times | {"patient": patient}})

    def _webhook(self, platform: str, event: dict) -> bytes:
        raw, message, now = json.dumps(event), self._uuid(), self.stage.now()
        signed = {
            "webhook_id": message,
            "webhook_timestamp": str(int(now.timestamp())),
            "webhook_signature": Webhook(SECRET).sign(message, now, raw),
        }
        return self._post(f"/api/webhooks/{platform}", raw.encode(), **signed)

    def _uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))


def _utc(start: str, minutes: int = 0) -> str:
    return f"{(datetime.fromisoformat(start) + timedelta(minutes=minutes)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
