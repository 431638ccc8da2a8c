"""Any iCalendar feed: one address that shows everything at once, and takes nothing."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from integrations.errors import NotUnderstood, Refused
from integrations.speaking.base import SnapshotConnector
from integrations.speaking.occurrences import Occurrence, Snapshot, read_snapshot
from integrations.speaking.vocabulary import Listing, PlatformVisit, VisitStatus

LONGEST_KEY = 200
LONGEST_VALIDATOR = 150
OWN_UID = "@medidesk"


class IcsConnector(SnapshotConnector):
    """A feed is one practitioner's, whatever the agenda is called in the mapping; an agenda named by an e-mail address has the events
    that this person organises or attends, one that ends with a colon those whose title begins so."""

    slug = "ics"
    default_url = ""
    key_is_optional = True
    poll_every = timedelta(minutes=10)
    snapshot: Snapshot | None = None
    raw: bytes | None = None
    told: dict[str, PlatformVisit]
    found: Mapping[str, str]

    @classmethod
    def address(cls, text: str) -> str:
        """`webcal:` is what telephones call https."""
        scheme, mark, rest = text.strip().partition("://")
        return {"webcal": "https", "webcals": "https"}.get(scheme.lower(), scheme) + mark + rest

    @classmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """A calendar; the key, where there is one, is `name:password`."""
        account = keys["api_key"]
        basic = {"Authorization": f"Basic {base64.b64encode(account.encode()).decode()}"} if account else {}
        return {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"} | basic

    def has_changed(self, cursor: str) -> bool:
        """Ask for what is new since `cursor`, which names what was read last."""
        try:
            known = dict(json.loads(cursor))
        except (ValueError, TypeError):
            known = {}
        self._download({"If-None-Match": known.get("etag", ""), "If-Modified-Since": known.get("modified", "")})
        return self.raw is not None and self.found["digest"] != known.get("digest")

    @property
    def cursor(self) -> str:
        """What makes the next question cheap."""
        return json.dumps(self.found) if self.raw is not None else ""

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """The occurrences of the window that are this agenda's."""
        if self.raw is None:
            self._download({})
        if self.raw is None:
            raise NotUnderstood("not modified, though nothing was known")
        if self.snapshot is None:
            self.snapshot, self.told = read_snapshot(self.raw, self.zone, start, end), {}
        visits = {visit.external_id: visit for visit in (_visit(each, practitioner) for each in self._of(practitioner))}
        mine = {key: visit for key, visit in visits.items() if key not in self.told}
        self.told |= mine
        return Listing(tuple(mine.values()), True)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """The event as the feed shows it. Raises NotUnderstood for one that it shows in a way that cannot be understood."""
        unreadable = self.snapshot.unreadable if self.snapshot else set()
        if any(external_id.startswith(("#", uid)) for uid in unreadable):
            raise NotUnderstood("event")
        return self.told.get(external_id)

    @property
    def unreadable(self) -> frozenset[str]:
        """The events that could not be understood."""
        return frozenset(self.snapshot.unreadable) if self.snapshot else frozenset()

    def _of(self, practitioner: str) -> list[Occurrence]:
        shown = self.snapshot.occurrences if self.snapshot else []
        if "@" in practitioner:
            return [each for each in shown if practitioner.casefold() in each.people]
        if practitioner.endswith(":"):
            return [each for each in shown if each.summary.casefold().startswith(practitioner.casefold())]
        return shown

    def _download(self, known: Mapping[str, str]) -> None:
        answer = self.wire.download({name: value for name, value in known.items() if value})
        if answer.status == 304:
            self.raw = None
            return
        if answer.status != 200:
            raise Refused(str(answer.status))
        self.raw, self.snapshot = answer.raw, None
        validators = {"etag": answer.headers.get("etag", ""), "modified": answer.headers.get("last-modified", "")}
        self.found = {name: value if len(value) <= LONGEST_VALIDATOR else "" for name, value in validators.items()} | {
            "digest": hashlib.sha256(answer.raw).hexdigest()
        }


def _visit(each: Occurrence, practitioner: str) -> PlatformVisit:
    selects = "@" in practitioner or practitioner.endswith(":")
    key = each.key + (f"#{practitioner}" if selects else "")
    return PlatformVisit(
        external_id=key if len(key) <= LONGEST_KEY else f"#{hashlib.sha256(key.encode()).hexdigest()}",
        practitioner=practitioner,
        start=each.start,
        end=each.end,
        status=VisitStatus.CONFIRMED if each.blocks else VisitStatus.CANCELLED,
        client_reference=each.key.partition(OWN_UID)[0] if OWN_UID in each.key else "",
    )
