"""Maiia over HTTP: `/v2`, `X-Api-Key`, pages with a total, a revision that every change must name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from integrations.errors import Outdated, Taken
from integrations.maiia import payloads
from integrations.speaking.base import Capability, Connector
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformVisit, VisitStatus, instant_text
from integrations.speaking.wire import Reply, needed, part, refused

PAGE = 200
MOST_PAGES = 500


class MaiiaConnector(Connector):
    """The other platform. It knows no idempotency key: a lost answer must be looked up."""

    slug = "maiia"
    default_url = "https://api.maiia.com/v2"
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
        """Their own header."""
        return {"X-Api-Key": keys["api_key"]}

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """`eventId` and `appointment.id`."""
        return payloads.visit_key(values)

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent:
        """What a webhook says."""
        return payloads.event(raw, zone)

    def practitioners(self) -> list[tuple[str, str]]:
        """GET /practitioners."""
        return payloads.named(needed(self.wire.get("/practitioners")))

    def reasons(self) -> list[tuple[str, str]]:
        """GET /consultation-reasons."""
        return payloads.named(needed(self.wire.get("/consultation-reasons")))

    def reason_minutes(self) -> dict[str, int]:
        """GET /consultation-reasons."""
        return payloads.minutes(needed(self.wire.get("/consultation-reasons")))

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """GET /appointments?updatedSince=; pages need no cursor of their own."""
        return self._pages(updatedSince=instant_text(since))

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """GET /appointments?from=&to=."""
        return self._pages(**{"from": instant_text(start)}, to=instant_text(end), practitionerId=practitioner)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """GET /appointments/{id}."""
        reply = self.wire.get(f"/appointments/{part(external_id)}")
        return None if reply.status == 404 else payloads.visit(needed(reply), self.zone)

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """GET /appointments?externalReference=."""
        return list(self._pages(externalReference=client_reference).visits)

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """GET /time-blocks?externalReference=."""
        return payloads.busy_list(needed(self.wire.get("/time-blocks", externalReference=client_reference)), self.zone)

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """POST /appointments."""
        reply = self.wire.send("POST", "/appointments", payloads.new_visit(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.visit(_done(reply), self.zone)

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """PUT /appointments/{id}: the whole of it, at the revision that was read."""
        if current.content() == wanted.content():
            return current
        path = f"/appointments/{part(current.external_id)}"
        reply = self.wire.send("PUT", path, payloads.replacement(current, wanted), operation=operation, reference=wanted.client_reference)
        return payloads.visit(_done(reply), self.zone)

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """DELETE /appointments/{id}?revision=."""
        if current.status != VisitStatus.CANCELLED:
            _gone(self.wire.send("DELETE", f"/appointments/{part(current.external_id)}", operation=operation, revision=current.version))

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """POST /time-blocks."""
        reply = self.wire.send("POST", "/time-blocks", payloads.new_block(wanted), operation=operation, reference=wanted.client_reference)
        return payloads.created_block(_done(reply), wanted)

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """DELETE /time-blocks/{id}."""
        _gone(self.wire.send("DELETE", f"/time-blocks/{part(external_id)}", operation=operation))

    def subscribe(self, url: str, secret: str) -> None:
        """POST /subscriptions."""
        needed(self.wire.send("POST", "/subscriptions", {"callbackUrl": url, "secret": secret}))

    def _pages(self, **query: str) -> Listing:
        """All pages; complete when the last one says so and as many visits came as the total promises."""
        visits: dict[str, PlatformVisit] = {}
        page_number = "0"
        for _page in range(MOST_PAGES):
            answer = needed(self.wire.get("/appointments", page=page_number, size=PAGE, **query))
            page = payloads.listing(answer, self.zone)
            visits |= {visit.external_id: visit for visit in page.visits}
            if not page.cursor:
                return Listing(tuple(visits.values()), page.complete and payloads.total(answer) == len(visits))
            page_number = page.cursor
        return Listing(tuple(visits.values()), False)


def _done(reply: Reply) -> dict[str, Any]:
    """The body of a write that was done. Raises Taken, Outdated, Refused."""
    code = reply.body.get("code")
    if reply.status == 422 and code == "TIME_TAKEN":
        raise Taken(code)
    if reply.status == 409 and code in ("REVISION_CONFLICT", "ALREADY_CANCELLED"):
        raise Outdated(code)
    return needed(reply)


def _gone(reply: Reply) -> None:
    """Deleted now or before. Raises Outdated, Refused."""
    if reply.status == 409 and reply.body.get("code") == "REVISION_CONFLICT":
        raise Outdated("REVISION_CONFLICT")
    if reply.status != 404 and reply.status >= 300:
        raise refused(reply)
