"""What one practitioner's day may answer, written as plainly as possible: the model that recorded histories are judged by."""

import math
from dataclasses import dataclass
from typing import Literal

Visit = str
Time = int
# Who stands at which time; at most one at each.
Day = frozenset[tuple[Visit, Time]]
EMPTY: Day = frozenset()

Kind = Literal["book", "move", "cancel", "day", "free"]
Answer = Literal["ok", "taken", "gone", "maybe"] | frozenset


@dataclass(frozen=True, slots=True)
class Act:
    """One call as its client saw it: what was asked, what was answered, and between which two moments.

    `maybe`: no answer came, so it may have happened at any moment between the two, or never; `answered` is when no server can be at
    it any more.
    A reading answers with what it showed: pairs of visit and time (`day`), or the times still offered (`free`).
    """

    kind: Kind
    visit: Visit
    time: Time
    answer: Answer
    asked: float
    answered: float = math.inf

    def __str__(self) -> str:
        shown = sorted(self.answer) if isinstance(self.answer, frozenset) else self.answer
        return f"{self.asked:9.3f}–{self.answered:9.3f}  {self.kind:6} {self.visit:6} at {self.time:2}  {shown}"


def after(act: Act, day: Day, times: frozenset[Time]) -> Day | None:
    """The day as it is once `act` has happened on it with that answer; None when such an answer would be a lie."""
    if act.kind == "day":
        return day if act.answer == day else None
    taken = {time: visit for visit, time in day}
    if act.kind == "free":
        return day if act.answer == times - taken.keys() else None
    here = next(((visit, time) for visit, time in day if visit == act.visit), None)
    if act.kind == "book":
        return _booked(act, day, taken, here)
    if act.answer == "gone":
        return day if here is None else None
    if here is None:
        return None
    if act.kind == "cancel":
        return day - {here} if act.answer in ("ok", "maybe") else None
    return _moved(act, day, taken, here)


def _booked(act: Act, day: Day, taken: dict[Time, Visit], here: tuple[Visit, Time] | None) -> Day | None:
    if act.answer == "taken":
        return day if act.time in taken else None
    return None if act.time in taken or here else day | {(act.visit, act.time)}


def _moved(act: Act, day: Day, taken: dict[Time, Visit], here: tuple[Visit, Time]) -> Day | None:
    holder = taken.get(act.time)
    if act.answer == "taken":
        return day if holder not in (None, act.visit) else None
    return None if holder not in (None, act.visit) else day - {here} | {(act.visit, act.time)}
