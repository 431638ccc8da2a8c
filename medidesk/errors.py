"""What can be refused, and how a caller is told.

MediDeskError ─┬─ Refused 422      a rule says no; `code` is the rule's
               ├─ Conflicting 409  the state of the thing says no (taken, gone, already cancelled)
               ├─ Stale 412        the caller saw an older version
               └─ NotFound 404     unknown, or not the caller's to know
"""

from typing import Any


class MediDeskError(Exception):
    """Root of every refusal. `message` is for people (French), `code` for programs, `facts` for both and never about a patient."""

    status = 400
    code = "error"

    def __init__(self, message: str = "", *, code: str | None = None, pointer: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = str(message)
        self.code = code or self.code
        self.pointer = pointer
        self.facts = facts


class Refused(MediDeskError):
    """A rule refuses; trying again unchanged gives the same answer."""

    status = 422
    code = "refused"


class Conflicting(MediDeskError):
    """The present state refuses; another time, or another version, may pass."""

    status = 409
    code = "conflict"


class Stale(MediDeskError):
    """The caller's version is not the current one."""

    status = 412
    code = "stale"


class NotFound(MediDeskError):
    """There is no such thing for this caller."""

    status = 404
    code = "not-found"
