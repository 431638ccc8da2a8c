"""The rules of a free time, one small unit each, in the contract's order (REST contract, section 1.1).

A rule is a code, a sentence, what it means for the staff, and a question put to a `Case`. Where listing thins out times by the same
rule for a whole window at once, that form stands in the rule's own file, beside the question: both are read together.
"""

from collections.abc import Iterable

from agenda.free_times.rules.case import Case
from agenda.free_times.rules.counts import DAILY_MAXIMUM
from agenda.free_times.rules.holes import WOULD_LEAVE_A_HOLE
from agenda.free_times.rules.hours import (
    CHANNEL_CLOSED,
    KEPT_UNTIL_RELEASE,
    NOT_ON_GRID,
    OUTSIDE_OPENING_HOURS,
    PRACTITIONER_ABSENT,
    PUBLIC_HOLIDAY,
)
from agenda.free_times.rules.patient import ALREADY_BOOKED, ONLINE_BOOKING_CLOSED, TOO_SOON
from agenda.free_times.rules.rule import Refusal, Rule, Severity
from agenda.free_times.rules.taken import RESOURCE_TAKEN, SLOT_TAKEN
from agenda.free_times.rules.when import BEYOND_HORIZON, IN_THE_PAST, MINIMUM_NOTICE
from agenda.free_times.rules.who import KNOWN_PATIENTS_ONLY, REASON_NOT_OFFERED, STAFF_ONLY

__all__ = ["BY_CODE", "Case", "RULES", "Refusal", "Rule", "Severity", "rank", "refusals_for", "refusals_of"]

# The first one that refuses is the answer.
RULES = (
    IN_THE_PAST, REASON_NOT_OFFERED, STAFF_ONLY, KNOWN_PATIENTS_ONLY, CHANNEL_CLOSED, BEYOND_HORIZON, MINIMUM_NOTICE, PUBLIC_HOLIDAY,
    PRACTITIONER_ABSENT, OUTSIDE_OPENING_HOURS, KEPT_UNTIL_RELEASE, NOT_ON_GRID, SLOT_TAKEN, RESOURCE_TAKEN, DAILY_MAXIMUM, TOO_SOON,
    ALREADY_BOOKED, ONLINE_BOOKING_CLOSED, WOULD_LEAVE_A_HOLE,
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
_RANK = {rule.code: rank for rank, rule in enumerate(RULES)}


def refusals_of(case: Case) -> list[Refusal]:
    """Every rule that the case breaks, in order."""
    return [rule.refusal(staff=case.visitor.staff) for rule in RULES if rule.broken(case)]


def refusals_for(codes: Iterable[str], *, staff: bool) -> list[Refusal]:
    """The broken rules of those codes in the contract's order, as strict as they are with the staff or with others."""
    return [BY_CODE[code].refusal(staff=staff) for code in sorted(codes, key=_RANK.__getitem__)]


def rank(refusals: list[Refusal]) -> int:
    """How far the first refusal is down the list; nothing refused is the farthest."""
    return _RANK[refusals[0].code] if refusals else len(RULES)
