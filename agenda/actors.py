"""Who asks, in one value that every verb takes."""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["patient", "partner", "staff", "platform", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is what the journal keeps; `kind` decides how strict the rules are."""

    name: str
    kind: Kind

    @classmethod
    def patient(cls) -> "Actor":
        """A patient on the cabinet's site, for oneself or a relative."""
        return cls("patient", "patient")

    @classmethod
    def partner(cls, key_name: str, *, staff: bool = False) -> "Actor":
        """The holder of an API key; `staff` keys are warned instead of refused."""
        return cls(f"api:{key_name}", "staff" if staff else "partner")

    @classmethod
    def staff(cls, user: Any) -> "Actor":
        """Somebody of the cabinet."""
        return cls(user.full_name or user.email, "staff")

    @classmethod
    def platform(cls, slug: str) -> "Actor":
        """A platform that tells us what happened there."""
        return cls(slug, "platform")

    @classmethod
    def system(cls) -> "Actor":
        """The platform itself: a timetable, a repair."""
        return cls("medidesk", "system")

    @property
    def is_staff(self) -> bool:
        """Warned instead of refused?"""
        return self.kind == "staff"
