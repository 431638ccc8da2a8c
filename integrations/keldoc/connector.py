"""Keldoc over HTTP: `/partners`, signed calls, pages with a total, closed times as appointments of nobody."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from integrations.errors import Outdated, Refused, Taken
from integrations.keldoc import payloads
from integrations.keldoc.signing import sign
from integrations.speaking.base import Capability, Connector
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformVisit, VisitStatus, instant_text
from integrations.speaking.wire import Reply, needed, part, refused
from medidesk import clock

PAGE = 200
MOST_PAGES = 500
OURS = "/api/webhooks/"


class KeldocConnector(Connector):
    """The platform of clinics. It knows no idempotency key: a lost answer must be looked up."""

    slug = "keldoc"
    default_url = ""  # their host is told with the credentials
    further_keys = ("secret",)
    capabilities = (
        Capability.PULL_BY_CURSOR
        | Capability.WEBHOOKS
        | Capability.WRITE_VISITS
        | Capability.UPDATE_VISITS
        | Capability.WRITE_BUSY
        | Capability.CANCEL
        | Capability.SNAPSHOT
        | Capability.LOOK_UP
    )

    @classmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """Their own media type; the key goes into the signature."""
        return {"Accept": "application/vnd.keldoc-v1+json", "Content-Type": "application/json"}

    @classmethod
    def signer(cls, keys: Mapping[str, str]) -> Callable[[httpx.Request], None]:
        """Access key and secret."""
        return lambda request: sign(request, keys["api_key"], keys["secret"], clock.now())

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """`id` and `appointment.id`."""
        return payloads.visit_key(values)

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent | None:
        """What a webhook says."""
        return payloads.event(raw, zone)

    def practitioners(self) -> list[tuple[str, str]]:
        """GET /config, its agendas."""
        return payloads.named(needed(self.wire.get("/config")), "agendas")

    def reasons(self) -> list[tuple[str, str]]:
        """GET /config, its motives."""
        return payloads.named(needed(self.wire.get("/config")), "motives")

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """GET /appointments?updated_since=; pages need no cursor of their own."""
        return self._pages(updated_since=instant_text(since))

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """GET /appointments?start_date=&end_date=."""
        return self._pages(start_date=instant_text(start), end_date=instant_text(end), agenda_id=practitioner)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """GET /appointments/{id}."""
        reply = self.wire.get(f"/appointments/{part(external_id)}")
        return None if reply.status == 404 else payloads.visit(needed(reply), self.zone)

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """GET /appointments?reference=, those of somebody."""
        return list(self._pages(reference=client_reference).visits)

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """GET /appointments?reference=, those of nobody."""
        answer = needed(self.wire.get("/appointments", per_page=PAGE, reference=client_reference))
        return payloads.busy_list(answer, self.zone)

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """POST /appointments."""
        reply = self.wire.send("POST", "/appointments", payloads.new_visit(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.visit(_done(reply), self.zone)

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """PUT /appointments/{id} with what differs; nothing is sent when nothing does."""
        body = payloads.changes(current, wanted)
        if not body:
            return current
        path = f"/appointments/{part(current.external_id)}"
        reply = self.wire.send("PUT", path, body, operation=operation, reference=wanted.client_reference)
        return payloads.visit(_done(reply), self.zone)

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """PUT /appointments/{id} with the state canceled: the visit stays to be seen there."""
        if current.status == VisitStatus.CANCELLED:
            return
        path = f"/appointments/{part(current.external_id)}"
        reply = self.wire.send("PUT", path, payloads.cancellation(current), operation=operation)
        if reply.status != 404:
            _done(reply)

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """POST /appointments without a patient."""
        reply = self.wire.send("POST", "/appointments", payloads.new_busy(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.created_busy(_done(reply), wanted)

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """DELETE /appointments/{id}."""
        reply = self.wire.send("DELETE", f"/appointments/{part(external_id)}", operation=operation)
        if reply.status != 404 and reply.status >= 300:
            raise refused(reply)

    def subscribe(self, url: str, secret: str) -> None:
        """POST or PUT /config/webhooks: an account has one address. Raises Refused when another program listens there already."""
        known = self.wire.get("/config/webhooks")
        if known.status != 404 and not urlsplit(str(needed(known).get("url"))).path.startswith(OURS):
            raise Refused("webhook of another program")
        needed(self.wire.send("POST" if known.status == 404 else "PUT", "/config/webhooks", {"url": url, "secret": secret}))

    def _pages(self, **query: str) -> Listing:
        """All pages; complete when the last one says so and as many appointments came as the total promises."""
        visits: dict[str, PlatformVisit] = {}
        seen: set[str] = set()
        page_number = "0"
        for _page in range(MOST_PAGES):
            answer = needed(self.wire.get("/appointments", page=page_number, per_page=PAGE, **query))
            page = payloads.listing(answer, self.zone)
            visits |= {visit.external_id: visit for visit in page.visits}
            seen |= payloads.identifiers(answer)
            if not page.cursor:
                return Listing(tuple(visits.values()), page.complete and payloads.total(answer) == len(seen))
            page_number = page.cursor
        return Listing(tuple(visits.values()), False)


def _done(reply: Reply) -> dict[str, Any]:
    """The body of a write that was done. Raises Taken, Outdated, Refused."""
    errors = reply.body.get("errors")
    if reply.status == 422 and isinstance(errors, dict):
        if "taken" in _list(errors.get("start_at")):
            raise Taken("taken")
        if "already_canceled" in _list(errors.get("state")):
            raise Outdated("already_canceled")
    return needed(reply)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
