"""Why a platform refuses.

Refusal ─┬─ Invalid          the call cannot be understood or names something unknown
         ├─ NotFound         no such visit, busy time or page
         ├─ TimeTaken        a visit or a busy time is already there
         ├─ AlreadyCancelled a cancelled visit cannot be changed
         ├─ StaleVersion     somebody changed the visit meanwhile
         ├─ CursorExpired    the listing must be started again
         ├─ NotSigned        the call's signature is not the one that its words have
         └─ KeyReused        one idempotency key, two different bodies
"""


class Refusal(Exception):
    """The platform says no; each platform has its own words for it."""


class Invalid(Refusal):
    """A field is missing, of the wrong kind, or names something that does not exist."""

    def __init__(self, field: str, problem: str = "invalid") -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class NotFound(Refusal):
    """Nothing under that identifier."""


class TimeTaken(Refusal):
    """The time is not free for this practitioner."""


class AlreadyCancelled(Refusal):
    """The visit was cancelled before."""


class StaleVersion(Refusal):
    """The caller's version is not the current one."""

    def __init__(self, current: int) -> None:
        super().__init__(f"current version is {current}")
        self.current = current


class CursorExpired(Refusal):
    """The cursor is unknown or too old."""


class NotSigned(Refusal):
    """The signature does not hold; `expected` is what should have been signed."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


class KeyReused(Refusal):
    """The idempotency key was already used with another body."""
