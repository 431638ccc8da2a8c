"""Two levels on one engine: patients and partners are refused, the staff is warned and may insist."""

from collections.abc import Sequence

from agenda.errors import ResourceTaken, SlotTaken
from agenda.free_times.rules import Refusal
from medidesk.errors import MediDeskError, Refused

_TAKEN = {"slot-taken": SlotTaken, "resource-taken": ResourceTaken}


def standing_in_the_way(refusals: Sequence[Refusal], insist: str | None) -> list[Refusal]:
    """The broken rules that stop this asker: hard ones always, those that want insistence unless a motive is given."""
    return [one for one in refusals if one.severity == "refuse" or (one.severity == "insist" and not insist)]


def warnings_among(refusals: Sequence[Refusal]) -> list[Refusal]:
    """What the staff passes over, and should be shown."""
    return [one for one in refusals if one.severity != "refuse"]


def insisted_on(refusals: Sequence[Refusal]) -> bool:
    """Does accepting need the staff's insistence?"""
    return any(one.severity == "insist" for one in refusals)


def refusal_error(refusals: Sequence[Refusal]) -> MediDeskError:
    """The error of the first rule in the way: 409 when it is taken, 422 otherwise, all of them in its facts."""
    first = refusals[0]
    everything = [{"code": one.code, "detail": one.detail} for one in refusals]
    if first.code in _TAKEN:
        return _TAKEN[first.code](first.detail, refusals=everything)
    return Refused(first.detail, code=first.code, refusals=everything)
