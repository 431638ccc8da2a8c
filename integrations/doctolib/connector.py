"""Doctolib over HTTP: `/v1`, bearer key, cursors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from integrations.doctolib import payloads
from integrations.doctolib.partner import DoctolibPartnerConnector
from integrations.errors import Outdated, Taken
from integrations.speaking.base import Capability, Connector
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformVisit, VisitStatus, instant_text
from integrations.speaking.wire import Reply, needed, part, refused

PAGE = 200
MOST_PAGES = 500


class DoctolibConnector(Connector):
    """The platform that patients know best."""

    slug = "doctolib"
    default_url = "https://api.doctolib.com/v1"
    wire_formats = {"partner": DoctolibPartnerConnector}
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
        """A bearer key."""
        return {"Authorization": f"Bearer {keys['api_key']}"}

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """`event_id` and `data.appointment.id`."""
        return payloads.visit_key(values)

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent:
        """What a webhook says."""
        return payloads.event(raw, zone)

    def practitioners(self) -> list[tuple[str, str]]:
        """GET /practitioners."""
        return payloads.named(needed(self.wire.get("/practitioners")))

    def reasons(self) -> list[tuple[str, str]]:
        """GET /visit_motives."""
        return payloads.named(needed(self.wire.get("/visit_motives")))

    def reason_minutes(self) -> dict[str, int]:
        """GET /visit_motives."""
        return payloads.minutes(needed(self.wire.get("/visit_motives")))

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """GET /appointments?updated_since=."""
        return self._pages(updated_since=instant_text(since), cursor=cursor)

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """GET /appointments?from=&to=."""
        return self._pages(**{"from": instant_text(start)}, to=instant_text(end), practitioner_id=practitioner)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """GET /appointments/{id}."""
        reply = self.wire.get(f"/appointments/{part(external_id)}")
        return None if reply.status == 404 else payloads.visit(needed(reply), self.zone)

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """GET /appointments?client_reference=."""
        return list(self._pages(client_reference=client_reference).visits)

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """GET /busy?client_reference=."""
        return payloads.busy_list(needed(self.wire.get("/busy", client_reference=client_reference)), self.zone)

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """POST /appointments."""
        reply = self.wire.send("POST", "/appointments", payloads.new_visit(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.visit(_free(reply), self.zone)

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """PATCH /appointments/{id} with what differs; nothing is sent when nothing does."""
        body = payloads.changes(current, wanted)
        if not body:
            return current
        path = f"/appointments/{part(current.external_id)}"
        reply = self.wire.send("PATCH", path, body, operation=operation, reference=wanted.client_reference)
        return payloads.visit(_free(reply), self.zone)

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """DELETE /appointments/{id}."""
        if current.status != VisitStatus.CANCELLED:
            _gone(self.wire.send("DELETE", f"/appointments/{part(current.external_id)}", operation=operation))

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """POST /busy."""
        reply = self.wire.send("POST", "/busy", payloads.new_busy(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.created_busy(_free(reply), wanted)

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """DELETE /busy/{id}."""
        _gone(self.wire.send("DELETE", f"/busy/{part(external_id)}", operation=operation))

    def subscribe(self, url: str, secret: str) -> None:
        """POST /webhooks."""
        body = {"url": url, "events": list(payloads.EVENTS), "secret": secret}
        needed(self.wire.send("POST", "/webhooks", body))

    def _pages(self, **query: str) -> Listing:
        visits: list[PlatformVisit] = []
        for _page in range(MOST_PAGES):
            page = payloads.listing(needed(self.wire.get("/appointments", limit=PAGE, **query)), self.zone)
            visits += page.visits
            if not page.cursor:
                return Listing(tuple(visits), page.complete)
            query["cursor"] = page.cursor
        return Listing(tuple(visits), False)


def _free(reply: Reply) -> dict[str, Any]:
    """The body of a write that was done. Raises Taken, Outdated, Refused."""
    if reply.status == 409 and reply.body.get("error") == "already_cancelled":
        raise Outdated("already_cancelled")
    if reply.status == 409 and reply.body.get("error") in (None, "slot_taken"):
        raise Taken("slot_taken")
    return needed(reply)


def _gone(reply: Reply) -> None:
    """Deleted now or before. Raises Refused."""
    if reply.status != 404 and reply.status >= 300:
        raise refused(reply)
