"""Any calendar that speaks CalDAV: read as a whole when something changed, its times closed by events of MediDesk's own."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from integrations.caldav import payloads
from integrations.caldav.changes import has_foreign_change, mark_of
from integrations.caldav.dav import CAL, Dav, path_of
from integrations.caldav.discovery import Calendar, calendars
from integrations.errors import NotUnderstood, Refused, Unavailable
from integrations.speaking.base import Capability, SnapshotConnector
from integrations.speaking.occurrences import EXPANDED_WITHIN_SECONDS, Occurrence, read_snapshot
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformVisit, VisitStatus
from integrations.speaking.wire import Download, Wire
from medidesk import clock

LONGEST_KEY = 200
MOST_TRIES = 3


class CaldavConnector(SnapshotConnector):
    """A practitioner is a calendar, by its address on the server."""

    slug = "caldav"
    default_url = ""
    optional_keys = ("user",)
    key_label = gettext_lazy("Mot de passe, ou jeton si aucun identifiant n’est donné")
    poll_every = timedelta(minutes=2)
    capabilities = Capability.SNAPSHOT | Capability.WRITE_BUSY | Capability.MOVE_BUSY | Capability.LOOK_UP

    def __init__(self, wire: Wire, zone: ZoneInfo) -> None:
        super().__init__(wire, zone)
        self.dav = Dav(wire)
        self.marks: dict[str, str] = {}
        self.told: dict[str, PlatformVisit] = {}
        self.own: dict[str, PlatformBusy] = {}
        self.not_understood: set[str] = set()
        self.found: list[Calendar] | None = None

    @classmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """A name and its password; without a name the key is a bearer token."""
        if not keys.get("user"):
            token = keys["api_key"].encode("ascii", "replace").decode()  # RFC 6750 knows no other signs
            return {"Authorization": f"Bearer {token}"}
        account = f"{keys['user']}:{keys['api_key']}"
        return {"Authorization": f"Basic {base64.b64encode(account.encode()).decode()}"}

    # --- reading -----------------------------------------------------------------------------------------------------

    def practitioners(self) -> list[tuple[str, str]]:
        """The calendars."""
        return [(each.address, each.name) for each in self._calendars()]

    def has_changed(self, cursor: str) -> bool:
        """Ask each calendar that was read what changed since, but for what MediDesk wrote itself."""
        known = _marks_in(cursor)
        if not known:
            return True
        for calendar, mark in known.items():
            changed, self.marks[calendar] = has_foreign_change(self.dav, calendar, mark)
            if changed:
                self.marks = {}
                return True
        return False

    @property
    def cursor(self) -> str:
        """The state of each calendar."""
        return json.dumps(self.marks) if self.marks else ""

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """REPORT calendar-query, a hundred days at a time. The state is noted first: what changes meanwhile is read the next time."""
        self.marks[practitioner] = mark_of(self.dav, practitioner)
        resources, whole = self._resources(practitioner, start, end)
        deadline = time.monotonic() + EXPANDED_WITHIN_SECONDS
        visits: dict[str, PlatformVisit] = {}
        for address, raw in resources.items():
            for each in self._occurrences(raw, start, end):
                if reference := payloads.own_reference(each.key):
                    self.own[reference] = PlatformBusy(practitioner, each.start, each.end, address, reference)
                visits |= {(visit := _visit(each, practitioner)).external_id: visit}
            if time.monotonic() > deadline:
                raise NotUnderstood("calendar takes too long to expand")
        self.told |= visits
        return Listing(tuple(visits.values()), whole)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """The event as the calendar showed it. Raises NotUnderstood for one that may be among those that were not understood."""
        if external_id not in self.told and any(external_id.startswith(("#", uid)) for uid in self.not_understood):
            raise NotUnderstood("event")
        return self.told.get(external_id)

    @property
    def unreadable(self) -> frozenset[str]:
        """The events that could not be understood."""
        return frozenset(self.not_understood)

    def _resources(self, calendar: str, start: datetime, end: datetime) -> tuple[dict[str, bytes], bool]:
        found: dict[str, bytes] = {}
        whole = True
        for begin, finish in payloads.slices(start, end):
            answer = self.dav.report(calendar, payloads.events_between(begin, finish))
            whole = whole and answer.is_whole
            for each in answer.resources:
                data = each.text(f"{CAL}calendar-data")
                whole = whole and (bool(data) or each.status != 200)
                if data:
                    found[each.href] = data.encode()
        return found, whole

    def _occurrences(self, raw: bytes, start: datetime, end: datetime) -> list[Occurrence]:
        try:
            snapshot = read_snapshot(raw, self.zone, start, end)
        except NotUnderstood:
            self.not_understood.add(payloads.uid_of(raw))
            return []
        self.not_understood |= snapshot.unreadable
        return snapshot.occurrences

    def _calendars(self) -> list[Calendar]:
        if self.found is None:
            self.found = calendars(self.dav)
        return self.found

    # --- closing times -----------------------------------------------------------------------------------------------

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """As the window showed it, else asked for in each calendar, at the address that MediDesk gives it."""
        if client_reference in self.own:
            return [self.own[client_reference]]
        found = []
        for calendar in self._calendars():
            address = payloads.own_address(calendar.address, client_reference)
            answer = self.dav.get(address)
            shown = payloads.own_span(answer.raw, self.zone) if answer else None
            if shown:
                found.append(PlatformBusy(calendar.address, *shown, address, client_reference))
        return found

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """PUT with If-None-Match: *; where our event stands already, it gets the wanted time."""
        address = payloads.own_address(wanted.practitioner, wanted.client_reference)
        if self.dav.put(address, payloads.closed_time(wanted, 0, clock.now()), {"If-None-Match": "*"}):
            return replace(wanted, external_id=address)
        moved = self.move_busy(address, wanted, operation)
        if moved is None:
            raise Unavailable("came and went")
        return moved

    def move_busy(self, external_id: str, wanted: PlatformBusy, operation: UUID) -> PlatformBusy | None:
        """PUT with If-Match; read again when it changed meanwhile, and left alone when it is so already."""
        for _try in range(MOST_TRIES):
            there = self._own(external_id)
            if there is None:
                return None
            if payloads.own_span(there.raw, self.zone) == (wanted.start, wanted.end):
                return replace(wanted, external_id=external_id)
            event = payloads.closed_time(wanted, payloads.sequence_of(there.raw) + 1, clock.now())
            if self.dav.put(external_id, event, _unchanged(there)):
                return replace(wanted, external_id=external_id)
        raise Unavailable("changes there as fast as here")

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """DELETE with If-Match; read again when it changed meanwhile."""
        for _try in range(MOST_TRIES):
            there = self._own(external_id)
            if there is None or self.dav.delete(external_id, _unchanged(there)):
                return
        raise Unavailable("changes there as fast as here")

    def _own(self, address: str) -> Download | None:
        """An event of ours, `None` when it is gone. Raises Refused for one that is somebody else's by now."""
        there = self.dav.get(address)
        if there is not None and not payloads.own_reference(payloads.uid_of(there.raw)):
            raise Refused("event of somebody else")
        return there


def _unchanged(there: Download) -> dict[str, str]:
    """The condition that nobody changed it since; a weak tag cannot say so."""
    tag = there.headers.get("etag", "")
    return {"If-Match": tag} if tag and not tag.startswith("W/") else {}


def _visit(each: Occurrence, calendar: str) -> PlatformVisit:
    """The same event in two calendars is two occupied times."""
    key = f"{each.key}#{path_of(calendar)}"
    return PlatformVisit(
        external_id=key if len(key) <= LONGEST_KEY else f"#{hashlib.sha256(key.encode()).hexdigest()}",
        practitioner=calendar,
        start=each.start,
        end=each.end,
        status=VisitStatus.CONFIRMED if each.blocks else VisitStatus.CANCELLED,
        client_reference=payloads.own_reference(each.key),
    )


def _marks_in(cursor: str) -> dict[str, str]:
    try:
        known: Any = json.loads(cursor)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}
