"""What every platform talks about, in MediDesk's words: plain values, no database, no wire."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any


class VisitStatus(StrEnum):
    """What a platform may say of a visit."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class PlatformPatient:
    """A person as the platform knows them."""

    first_names: str = ""
    used_name: str = ""
    birth_name: str = ""
    birth_date: date | None = None
    email: str = ""
    phone: str = ""
    external_id: str = ""

    def fingerprint(self) -> str:
        """The same for texts trimmed, re-spaced or upper-cased."""
        names = (self.first_names, self.used_name, self.birth_name, self.email)
        return digest([" ".join(name.casefold().split()) for name in names] + [str(self.birth_date), self.phone])


@dataclass(frozen=True, slots=True)
class PlatformVisit:
    """A visit as the platform knows it, `practitioner`, `reason` and `site` by their ids there, instants in UTC.

    `reminded_there`: does the platform remind it, or shall it? Never true of what is read from a platform that cannot be told to be silent.
    """

    external_id: str
    practitioner: str
    start: datetime
    end: datetime
    status: VisitStatus = VisitStatus.CONFIRMED
    version: int | None = None
    reason: str = ""
    client_reference: str = ""
    patient: PlatformPatient | None = None
    practitioner_name: str = ""
    site: str = ""
    reminded_there: bool = field(default=False, compare=False)
    raw: dict[str, Any] = field(default_factory=dict, compare=False)

    def content(self) -> dict[str, str]:
        """What both sides must agree on."""
        return visit_content(self.practitioner, self.start, self.end, self.status)


@dataclass(frozen=True, slots=True)
class PlatformBusy:
    """A time closed to online booking."""

    practitioner: str
    start: datetime
    end: datetime
    external_id: str = ""
    client_reference: str = ""

    def content(self) -> dict[str, str]:
        """What both sides must agree on."""
        return {"practitioner": self.practitioner, "start": instant_text(self.start), "end": instant_text(self.end)}


@dataclass(frozen=True, slots=True)
class PlatformEvent:
    """What a webhook says; `event_id` and `occurred_at` may be missing."""

    visit: PlatformVisit
    event_id: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a read brought: `complete` only when the platform itself said that nothing is missing."""

    visits: tuple[PlatformVisit, ...]
    complete: bool
    cursor: str = ""


def visit_content(practitioner: str, start: datetime, end: datetime, status: str) -> dict[str, str]:
    """The fields of a visit that are compared, in one spelling."""
    return {"practitioner": practitioner, "start": instant_text(start), "end": instant_text(end), "status": str(status)}


def instant_text(moment: datetime) -> str:
    """UTC to the second, `2025-11-20T14:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(content: Any) -> str:
    """A short name for a content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def with_status(visit: PlatformVisit, status: VisitStatus) -> PlatformVisit:
    """The same visit in another status."""
    return replace(visit, status=status)
