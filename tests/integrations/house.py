"""A cabinet connected with both platforms: what patients do there, what the desk does here, and the news between them."""

from datetime import datetime, timedelta
from typing import Any

from django.test import RequestFactory
from django.urls import resolve

from agenda.actors import Actor
from agenda.models import Appointment, Practitioner, VisitReason
from agenda.scheduling import book_appointment, cancel_appointment, move_appointment
from integrations.comparison.pulling import pull
from integrations.connections.connecting import connect
from integrations.connections.going_live import go_live
from integrations.incoming import inbox
from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.outgoing.draining import drain
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_class
from integrations.speaking.vocabulary import instant_text
from medidesk import clock
from patients.models import Patient
from tests.agenda.diary import PARIS, make_hours, make_patient, make_practitioner, make_reason, make_site
from tests.integrations.hooks import Hooks
from tests.integrations.simulators.processes import PREFIXES, Running

THEIRS = {
    "doctolib": ("pra_001", "mot_1"),
    "maiia": ("p-7", "cr-1"),
    "keldoc": ("101", "11"),
    "clickdoc": ("cal-1", "tr-1"),
    "docorga": ("501", "61"),
    "medoucine": ("th-1", "se-1"),
}
KEYS = {"docorga": "cabinet:sim-docorga-key"}
FURTHER_KEYS = {"keldoc": {"secret": "sim-keldoc-secret"}}
BASILE = Actor("Basile", "staff")
JEAN = {"first_name": "Jean", "last_name": "Dupont", "birth_date": "1980-05-17", "phone": "+33639980012", "email": "jean@patients.example"}


def monday(hour: int, minute: int = 0, weeks: int = 1) -> datetime:
    """That time of a coming Monday, in Paris."""
    today = clock.now().astimezone(PARIS).date()
    day = today + timedelta(days=7 * weeks - today.weekday())
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


class House:
    """Alma's Mondays from 8 to 19, a 30-minute reason, both platforms live; webhooks arrive when one listens."""

    def __init__(self, receiver: Hooks, *platforms: Running) -> None:
        self.receiver = receiver
        self.sites = make_site()
        self.alma: Practitioner = make_practitioner(self.sites)
        self.reason: VisitReason = make_reason(self.alma, grid_minutes=10)
        make_hours(self.alma, self.sites, 8, 19)
        self.nour: Patient = make_patient()
        self.api = {running.platform: running.api for running in platforms}
        self.simulators = {running.platform: running.simulator for running in platforms}
        self.heard = 0
        self.statuses: list[int] = []
        self.connections = {running.platform: self.connect(running) for running in platforms}

    def connect(self, running: Running, **changes: Any) -> Connection:
        """Connect and go live."""
        practitioner, motive = THEIRS[running.platform]
        values: dict[str, Any] = {
            "platform": running.platform,
            "base_url": running.simulator.url + PREFIXES[running.platform],
            "api_key": KEYS.get(running.platform, f"sim-{running.platform}-key"),
            "further_keys": FURTHER_KEYS.get(running.platform),
            "mode": "both",
            "practitioners": {self.alma.id: practitioner},
            "reasons": {self.reason.id: motive},
            "now": clock.now(),
        }
        connection = connect(**values | changes)
        go_live(connection, clock.now())
        return connection

    # --- what people do -------------------------------------------------------------------------------------------

    def book(self, start: datetime, **changes: Any) -> Appointment:
        """Nour books on the cabinet's own site."""
        values: dict[str, Any] = {"visit_reason_id": self.reason.id, "start": start, "practitioner_id": self.alma.id}
        who = {"patient_id": self.nour.id, "actor": Actor.patient(), "source": "website", "now": clock.now()}
        return book_appointment(**values | who | changes).appointment

    def book_there(self, platform: str, start: datetime, **rest: Any) -> str:
        """Jean books on the platform; answers the visit's id there."""
        practitioner, motive = THEIRS[platform]
        rest = {"duration": 30, "patient": JEAN, "motive": motive} | rest
        return str(self.simulators[platform].book(rest.pop("practitioner", practitioner), start.isoformat(), **rest)["id"])

    def move(self, visit: Appointment, start: datetime, **changes: Any) -> Appointment:
        """Basile moves it at the desk."""
        return move_appointment(appointment_id=visit.id, actor=BASILE, now=clock.now(), start=start, **changes).appointment

    def cancel(self, visit: Appointment) -> Appointment:
        """Basile cancels it at the desk."""
        return cancel_appointment(appointment_id=visit.id, by="cabinet", reason="", actor=BASILE, now=clock.now())

    # --- the news ---------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Let the webhooks that were sent come in, and apply them; who sends none is asked."""
        for platform, simulator in self.simulators.items():
            simulator.drain()
            if Capability.WEBHOOKS not in connector_class(platform).capabilities:
                pull(Connection.objects.get(pk=self.connections[platform].pk), clock.now())
        for path, headers, body in self.receiver.posts[self.heard :]:
            self.statuses.append(self.post(path, headers, body))
        self.heard = len(self.receiver.posts)
        while inbox.apply_due(clock.now()):
            pass

    def post(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Knock at the door of webhooks."""
        signed = {name: value for name, value in headers.items() if name.startswith(("webhook-", "x-"))}
        request = RequestFactory().post(path, data=body, content_type="application/json", headers=signed)
        found = resolve(path, urlconf="medidesk.urls_cabinet")
        return int(found.func(request, *found.args, **found.kwargs).status_code)

    def hear_update(self, platform: str, external_id: str, **changes: Any) -> None:
        """Doctolib says that the visit was updated, with these changes to its person."""
        visit = self.simulators[platform].appointment(external_id)
        data = {
            "appointment": {
                "id": external_id,
                "start_time": visit["start"],
                "duration": visit["duration"],
                "status": visit["status"],
                "version": visit["version"] + 1,
                "visit_motive_id": visit["motive"],
            },
            "patient": {**visit["patient"], **changes.get("patient", {})},
            "practitioner": {"id": visit["practitioner"], "name": ""},
        }
        self.simulators[platform].send({"event": "appointment.updated", "data": data})

    def utc(self, moment: datetime) -> str:
        """As the simulators write it."""
        return instant_text(moment)

    def settle(self) -> None:
        """News in, news out, until nothing moves."""
        for _round in range(6):
            self.listen()
            if not drain() and len(self.receiver.posts) == self.heard:
                return

    def due_now(self) -> None:
        """Time passes: what waits for a second attempt may go."""
        OutboundChange.objects.filter(state="waiting").update(due=clock.now(), lease_until=None)
        Connection.objects.update(paused_until=None)

    # --- what is seen --------------------------------------------------------------------------------------------

    def visit(self, platform: str, external_id: str) -> Appointment:
        """The visit here of that one there."""
        return ExternalReference.objects.get(connection__platform=platform, kind="visit", external_id=external_id).appointment

    def busy(self, platform: str) -> list[tuple[datetime, datetime]]:
        """The times that are closed there, in Paris."""
        closed = self.simulators[platform].state()["busy"]
        return [(_paris(each["start"]), _paris(each["end"])) for each in closed]

    def writes(self, platform: str) -> list[str]:
        """`METHOD path` of every write in the platform's ledger, but for our own subscription."""
        calls = self.simulators[platform].writes()
        own = ("/webhooks", "/subscriptions", "/abonnements")
        return [f"{call['method']} {call['path']}" for call in calls if not call["path"].endswith(own)]


def _paris(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(PARIS)
