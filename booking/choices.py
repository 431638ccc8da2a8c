"""What a visitor has chosen so far, read from the address of the page and written back to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from agenda.free_times.openings import Visitor
from agenda.models import BookableBy, VisitReason

FARTHEST_DAYS = 730  # no reason opens farther than its horizon, 730 days at most


@dataclass(frozen=True, slots=True)
class Choices:
    """Reason, known or new, practitioner (None: any), first day shown, day open on a phone."""

    reason: VisitReason | None
    known: bool
    practitioner_id: UUID | None
    first_day: date
    open_day: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, str], reasons: list[VisitReason], today: date) -> Self:
        """The choices in `query`; what is missing, unknown or unreadable falls back to the first reason, anyone, today."""
        known = query.get("connu") == "oui"
        wanted = query.get("motif", "")
        reason = next((one for one in reasons if str(one.id) == wanted), None) or first_open_to(reasons, known=known)
        practitioner_id = _uuid(query.get("praticien", ""))
        if reason and practitioner_id and practitioner_id not in {one.id for one in reason.practitioners.all()}:
            practitioner_id = None
        first_day = _day(query.get("du", "")) or today
        first_day = min(max(first_day, today), today + timedelta(days=FARTHEST_DAYS))
        return cls(reason, known, practitioner_id, first_day, _day(query.get("jour", "")))

    @property
    def visitor(self) -> Visitor:
        """The visitor that the rules see."""
        return Visitor(status="known" if self.known else "new", channel="website")

    @property
    def practitioner_ids(self) -> list[UUID] | None:
        """Whom to look for; None for anyone."""
        return [self.practitioner_id] if self.practitioner_id else None

    def at(self, first_day: date, open_day: date | None = None) -> Self:
        """The same choices from another day."""
        return replace(self, first_day=first_day, open_day=open_day)

    @property
    def query(self) -> str:
        """The address's query for these choices."""
        values = {
            "motif": str(self.reason.id) if self.reason else "",
            "connu": "oui" if self.known else "non",
            "praticien": str(self.practitioner_id or ""),
            "du": self.first_day.isoformat(),
            "jour": self.open_day.isoformat() if self.open_day else "",
        }
        return urlencode({key: value for key, value in values.items() if value})


def online_reasons() -> list[VisitReason]:
    """The reasons that at least one practitioner bookable online offers, with those practitioners; the cabinet's own ones too."""
    found = VisitReason.objects.filter(deleted_at__isnull=True, practitioners__bookable_online=True, practitioners__deleted_at__isnull=True)
    return list(found.distinct().select_related("advice").prefetch_related("practitioners"))


def open_to(reason: VisitReason, *, known: bool) -> bool:
    """May such a visitor take this reason online?"""
    return reason.bookable_by == BookableBy.EVERYONE or (known and reason.bookable_by == BookableBy.KNOWN)


def first_open_to(reasons: list[VisitReason], *, known: bool) -> VisitReason | None:
    """The reason shown before anything is chosen."""
    return next((one for one in reasons if open_to(one, known=known)), None)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
