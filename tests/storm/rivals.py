"""Rivals for the same times, through every door at once: the cabinet's site, the API, Doctolib's and Maiia's webhooks."""

import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection
from django.test import Client
from standardwebhooks.webhooks import Webhook

from agenda.models import Practitioner, VisitReason
from integrations.connections.connecting import connect
from integrations.incoming import inbox
from integrations.partners.keys import create_key
from medidesk import clock
from tests.agenda.diary import make_hours, make_practitioner, make_reason, make_site
from tests.integrations.house import monday

HOST = "jetable.localhost"
SECRET = "whsec_" + b64encode(b"storm-storm-storm-storm-").decode()
SLOTS = 20
# Rivals for each time; ten of them.
DOORS = ("site", "site", "site", "api", "api", "api", "doctolib", "doctolib", "maiia", "maiia")
BURST = 5
# On every other time the platforms' patients are a little faster, so that they win some.
HEAD_START_SECONDS = 1.5


@dataclass
class Ring:
    """The times that are fought for, and what each rival was told: (door, number of the time, answer)."""

    alma: Practitioner
    reason: VisitReason
    key: str
    start: datetime
    told: list[tuple[str, int, int]] = field(default_factory=list)
    held: list[tuple[int, Client]] = field(default_factory=list)

    @classmethod
    def open(cls) -> "Ring":
        """Alma's Monday from 8 to 18, both platforms connected, in the entered cabinet."""
        site = make_site()
        alma = make_practitioner(site)
        reason = make_reason(alma)
        make_hours(alma, site, 8, 18)
        for platform, practitioner, motive in (("doctolib", "pra_001", "mot_1"), ("maiia", "p-7", "cr-1")):
            connect(
                platform=platform, base_url="http://127.0.0.1:9", api_key="storm", webhook_secret=SECRET, mode="in",
                practitioners={alma.id: practitioner}, reasons={reason.id: motive}, now=clock.now(),
            )  # fmt: skip
        _, key = create_key(name="Orage", scopes=("agenda:write",), staff=False)
        return cls(alma, reason, key, monday(8))

    def at(self, number: int) -> datetime:
        """The start of that time."""
        return self.start + timedelta(minutes=30 * number)

    # --- the doors ---------------------------------------------------------------------------------------------------

    def site(self, number: int, rival: int) -> int:
        """Press the button of the time; who gets it fills the form after the storm."""
        client = Client(
            raise_request_exception=False, headers={"host": HOST}, REMOTE_ADDR=f"192.0.2.{len(self.told) % 250}"
        )  # codes are counted per address
        form = {"start": self.at(number).isoformat(), "practitioner": self.alma.id, "visit_reason": self.reason.id, "known": "no"}
        status = client.post("/reserver/", form).status_code
        if status == 302:
            self.held.append((rival, client))
        return status

    def api(self, number: int, rival: int) -> int:
        """Book as a partner does."""
        details = {"first_names": f"Api{rival}", "birth_name": "Orage", "birth_date": "1980-01-02", "email": f"api{rival}@patients.example"}
        body = {"practitioner": self.alma.id, "visit_reason": self.reason.id, "start": self.at(number), "patient_details": details}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": str(uuid4())}
        answer = Client(raise_request_exception=False, headers={"host": HOST}).post(
            "/api/v1/appointments", orjson.dumps(body), content_type="application/json", headers=headers
        )
        return answer.status_code

    def doctolib(self, number: int, rival: int) -> int:
        """Doctolib says that somebody booked there."""
        appointment = {"id": f"apt_{rival}", "start_time": _utc(self.at(number)), "duration": 30, "status": "confirmed", "version": 1}
        patient = {"id": f"pat_{rival}", "first_name": f"Dora{rival}", "last_name": "Orage", "birth_date": "1980-01-02", "phone": None}
        data = {"appointment": appointment | {"visit_motive_id": "mot_1"}, "patient": patient, "practitioner": {"id": "pra_001"}}
        return self._webhook("doctolib", {"event": "appointment.created", "event_id": f"evt_{rival}", "data": data})

    def maiia(self, number: int, rival: int) -> int:
        """Maiia says that somebody booked there."""
        patient = {"id": f"x-{rival}", "firstName": f"Maya{rival}", "birthName": "Orage", "birthDate": "1980-01-02"}
        times = {"startDateTime": _utc(self.at(number)), "endDateTime": _utc(self.at(number) + timedelta(minutes=30))}
        visit = {"id": f"m-{rival}", "practitionerId": "p-7", "consultationReasonId": "cr-1", "state": "BOOKED", "revision": 1}
        event = {"type": "APPOINTMENT_CREATED", "eventId": f"ev-{rival}", "emittedAt": _utc(clock.now())}
        return self._webhook("maiia", event | {"appointment": visit | times | {"patient": patient}})

    def _webhook(self, platform: str, event: dict[str, Any]) -> int:
        raw, message, now = orjson.dumps(event).decode(), str(uuid4()), clock.now()
        headers = {
            "webhook-id": message,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(message, now, raw),
        }
        path = f"/api/webhooks/{platform}"
        return (
            Client(raise_request_exception=False, headers={"host": HOST})
            .post(path, raw, content_type="application/json", headers=headers)
            .status_code
        )

    # --- the storm ----------------------------------------------------------------------------------------------------

    def storm(self, cabinet: Any, seed: int) -> None:
        """All rivals of a few times released together, burst after burst, two workers applying what comes in meanwhile."""
        random, over = Random(seed), threading.Event()
        workers = [threading.Thread(target=_in_cabinet, args=(cabinet, lambda: _work(over))) for _ in range(2)]
        for worker in workers:
            worker.start()
        for first in range(0, SLOTS, BURST):
            rivals = [(door, number) for number in range(first, first + BURST) for door in DOORS]
            random.shuffle(rivals)
            self._burst(rivals, 100 * first)
        over.set()
        for worker in workers:
            worker.join()
        for rival, client in self.held:
            self._fill_form(rival, client)

    def _burst(self, rivals: list[tuple[str, int]], offset: int) -> None:
        gate = threading.Barrier(len(rivals))

        def attempt(door: str, number: int, rival: int) -> None:
            gate.wait()
            if door in ("site", "api") and number % 2:
                time.sleep(HEAD_START_SECONDS)
            try:
                self.told.append((door, number, getattr(self, door)(number, rival)))
            finally:
                connection.close()

        threads = [threading.Thread(target=attempt, args=(door, number, offset + n)) for n, (door, number) in enumerate(rivals)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _fill_form(self, rival: int, client: Client) -> None:
        """The holder says who it is, and types the code that was sent."""
        from medidesk.messaging.models import Message

        identity = {
            "for_whom": "self", "birth_name": "Orage", "first_names": "Sita", "birth_day": "2", "birth_month": "1",
            "birth_year": "1980", "phone": f"063998{rival:04d}", "email": "", "note": "",
        }  # fmt: skip
        client.post("/reservation/", identity)
        text = Message.objects.filter(kind="code", to=f"+3363998{rival:04d}").latest("created_at").text
        code = next(word.strip(".") for word in text.split() if len(word.strip(".")) == 6 and word.strip(".").isdigit())
        answer = client.post("/reservation/code/", {"code": code})
        self.told.append(("form", rival, answer.status_code))

    def answers(self, *doors: str) -> Counter[int]:
        """How often each status was answered at those doors."""
        return Counter(status for door, _, status in self.told if door in doors)


def _utc(instant: datetime) -> str:
    return instant.astimezone(clock.now().tzinfo).strftime("%Y-%m-%dT%H:%M:%SZ")


def _in_cabinet(cabinet: Any, work: Callable[[], None]) -> None:
    with cabinet:
        work()
    connection.close()


def _work(over: threading.Event) -> None:
    """Apply until the storm is over and nothing is left."""
    while inbox.apply_due(clock.now()) or not over.wait(0.01):
        pass
