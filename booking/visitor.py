"""What the site remembers of a visitor between two pages, in the session, on the server: nothing of it is in the browser."""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

KEY = "booking"
PROOF_LIFE = timedelta(minutes=30)


@dataclass(slots=True)
class Draft:
    """A booking on its way: what is held, what was typed, which contact was shown to be the visitor's. Values are texts."""

    hold: str = ""
    visit_reason: str = ""
    start: str = ""
    practitioner: str = ""
    site: str = ""
    known: bool = False
    query: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    code: str = ""
    contact: str = ""
    channel: str = ""

    @classmethod
    def of(cls, session: SessionBase) -> Self:
        """The visitor's draft; an empty one when there is none."""
        kept: dict[str, Any] = session.get(KEY, {})
        return cls(**{name: value for name, value in kept.items() if name in cls.__slots__})

    def keep(self, session: SessionBase) -> None:
        """Remember it."""
        session[KEY] = asdict(self)

    @staticmethod
    def forget(session: SessionBase) -> None:
        """Forget the booking on its way."""
        session.pop(KEY, None)

    @property
    def hold_id(self) -> UUID | None:
        """The hold, if one was taken."""
        return UUID(self.hold) if self.hold else None


def prove_contact(session: SessionBase, contact: str, now: datetime) -> None:
    """The visitor has typed the code that went to this contact."""
    session["proved_contact"] = {"contact": contact, "at": now.isoformat()}


def proved_contact(session: SessionBase, now: datetime) -> str:
    """The contact shown to be the visitor's in the last half hour, or nothing."""
    proof = session.get("proved_contact")
    if not proof or datetime.fromisoformat(proof["at"]) < now - PROOF_LIFE:
        return ""
    return proof["contact"]


def show_visit(session: SessionBase, appointment_id: UUID) -> None:
    """This visitor booked this visit, or proved to be its patient: the page may say what it is for."""
    shown = [one for one in session.get("shown_visits", []) if one != str(appointment_id)]
    session["shown_visits"] = [*shown[-19:], str(appointment_id)]


def may_see_whole(session: SessionBase, appointment_id: UUID) -> bool:
    """May the page say whom the visit is for and what for? A link alone does not open that."""
    return str(appointment_id) in session.get("shown_visits", [])
