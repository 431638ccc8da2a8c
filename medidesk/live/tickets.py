"""Who may listen: a signed ticket, checked without a database.

It names the cabinet, the person and the origin of the page; it opens a stream during 60 seconds and is worth nothing elsewhere.
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing

SALT = "medidesk.live.ticket"
LIFE_SECONDS = 60


class BadTicket(Exception):
    """Forged, too old, or not a ticket."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """`origin` is the page's scheme, host and port, as browsers send it."""

    cabinet: str
    user: str
    origin: str


def make_ticket(*, cabinet: Any, user: Any, origin: str) -> str:
    """Sign a ticket; its text is safe in a URL."""
    return signing.dumps([str(cabinet), str(user), origin], salt=SALT)


def read_ticket(text: str) -> Ticket:
    """Return the ticket, or raise BadTicket."""
    try:
        cabinet, user, origin = signing.loads(text, salt=SALT, max_age=LIFE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadTicket from error
    return Ticket(cabinet, user, origin)
