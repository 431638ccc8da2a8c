"""Doctolib by its partner protocol: signed calls, a feed of events, booking and cancelling. No time can be closed and nothing changed."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import orjson

from integrations.doctolib import partner_payloads as payloads
from integrations.doctolib.partner_signing import sign
from integrations.errors import Refused, Taken
from integrations.speaking.base import Capability, FeedConnector, Page
from integrations.speaking.reading import read_id, read_list
from integrations.speaking.vocabulary import PlatformEvent, PlatformVisit, VisitStatus
from integrations.speaking.wire import needed, part, refused
from medidesk import clock

TAKEN = "slot_unavailable"


class DoctolibPartnerConnector(FeedConnector):
    """What is known of the protocol, and no more: the feed, the lists, POST and DELETE of appointments."""

    slug = "doctolib"
    default_url = "https://api.doctolib.fr"
    further_keys = ("secret",)
    capabilities = Capability.PULL_BY_CURSOR | Capability.WRITE_VISITS | Capability.CANCEL | Capability.LOOK_UP

    @classmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """Their own media type; the key goes into the signature."""
        return {"Accept": "application/vnd.doctolib.v1+json", "Content-Type": "application/json"}

    @classmethod
    def signer(cls, keys: Mapping[str, str]) -> Callable[[httpx.Request], None]:
        """Access key and secret."""
        return lambda request: sign(request, keys["api_key"], keys["secret"], clock.now())

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """`id` and the appointment's name."""
        return payloads.visit_key(values)

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent:
        """What one element of the feed says."""
        return payloads.event(raw, zone)

    def feed(self, cursor: str) -> Page:
        """GET /sync?last_event_id=; the first time GET /auth asks whether the key opens anything."""
        if not cursor:
            needed(self.wire.get("/auth"))
        events = read_list(needed(self.wire.get("/sync", last_event_id=cursor)), "events")
        return Page(tuple(orjson.dumps(each) for each in events), read_id(events[-1], "id") if events else cursor)

    def practitioners(self) -> list[tuple[str, str]]:
        """GET /agendas."""
        return payloads.named(needed(self.wire.get("/agendas")), "agendas")

    def reasons(self) -> list[tuple[str, str]]:
        """GET /visit_motives of every agenda."""
        agendas = [agenda for agenda, _name in self.practitioners()]
        return payloads.named(needed(self.wire.get("/visit_motives", **{"agenda_ids[]": agendas})), "visit_motives")

    def visit(self, external_id: str) -> PlatformVisit | None:
        """GET /appointments?patient_id=, the one among them."""
        _appointment, patient = payloads.split(external_id)
        found = payloads.visits(needed(self.wire.get("/appointments", patient_id=patient)), self.zone)
        return next((visit for visit in found if visit.external_id == external_id), None)

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """POST /appointments. Raises Taken; Refused where the reason is not mapped, for nothing is booked without one."""
        if not wanted.reason:
            raise Refused("reason not mapped")
        reply = self.wire.send("POST", "/appointments", payloads.new_visit(wanted, self.zone), operation=operation)
        if reply.status in (409, 422) and reply.body.get("error") == TAKEN:
            raise Taken(TAKEN)
        return payloads.visit(needed(reply), self.zone)

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Refused: a move is a cancellation and a booking."""
        raise Refused("appointments cannot be changed")

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """DELETE /appointments/{id}."""
        if current.status == VisitStatus.CANCELLED:
            return
        appointment, _patient = payloads.split(current.external_id)
        reply = self.wire.send("DELETE", f"/appointments/{part(appointment)}", operation=operation)
        if reply.status != 404 and reply.status >= 300:
            raise refused(reply)
