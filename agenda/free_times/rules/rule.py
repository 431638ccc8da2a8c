"""What a rule is: a code of the contract, what it says, how strict it is with whom, and when a time breaks it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from agenda.free_times.rules.case import Case

Severity = Literal["refuse", "insist", "warn"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that is broken, in words, and whether the asker may pass over it."""

    code: str
    detail: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A code of the contract, its French sentence, what it means for the staff (others are always refused), and its question:
    does this case break it?"""

    code: str
    sentence: Promise
    staff: Severity
    broken: Callable[[Case], bool]

    def refusal(self, *, staff: bool) -> Refusal:
        """What the asker is told."""
        return Refusal(self.code, str(self.sentence), self.staff if staff else "refuse")
