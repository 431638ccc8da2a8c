"""What the verbs promise, on one Monday morning, as plainly as possible: lists and loops, no database, no bits, no locks.

Minutes count from midnight of that Monday. Two practitioners, one device; `C`: 30 minutes and 10 after them; `E`: 20 minutes, needs the
device, waits for the cabinet's word when a patient books it; None: imported without a reason.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Literal

OPENED, CLOSED = 9 * 60, 12 * 60
WHO = ("alma", "bob")
DURATION = {"C": 30, "E": 20}
AFTER = {"C": 10, "E": 0, None: 0}
FREEING = ("cancelled", "no_show")
FORWARD = {
    "requested": ("confirmed",), "confirmed": ("arrived", "no_show"), "arrived": ("in_consultation", "completed"),
    "in_consultation": ("completed",),
}  # fmt: skip
INSISTABLE = ("in-the-past", "practitioner-absent", "outside-opening-hours", "not-on-grid", "slot-taken", "resource-taken")
Asker = Literal["patient", "staff", "insisting"]


class Refusal(Exception):
    """The act is refused with this code and changes nothing."""


@dataclass
class Visit:
    """One visit, or a hold (status `held` until `until`). `last` is what undoing its last act would bring back."""

    who: str
    reason: str | None
    start: int
    length: int
    status: str
    lane: str = "normal"
    device: bool = False
    until: int | None = None
    last: "Visit | None" = None

    @property
    def span(self) -> tuple[int, int]:
        """What it takes, buffers inside."""
        return self.start, self.start + self.length + AFTER[self.reason]


@dataclass
class Morning:
    """The whole state: visits and holds by name, absences, the time."""

    now: int = 8 * 60
    visits: dict[str, Visit] = field(default_factory=dict)
    absences: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    # --- looking -----------------------------------------------------------------------------------------------------

    def standing(self, *without: str) -> list[Visit]:
        """Whatever takes time now."""
        everything = [visit for name, visit in self.visits.items() if name not in without]
        return [one for one in everything if one.status not in FREEING and (one.until is None or one.until > self.now)]

    def taken(self, who: str, span: tuple[int, int], *without: str) -> bool:
        """Does anything else, in any lane, take that practitioner then?"""
        return any(one.who == who and one.span[0] < span[1] and span[0] < one.span[1] for one in self.standing(*without))

    def device_taken(self, span: tuple[int, int], *without: str) -> bool:
        """Is the device in use then?"""
        return any(one.device and one.span[0] < span[1] and span[0] < one.span[1] for one in self.standing(*without))

    def refusals(self, who: str, reason: str | None, start: int, length: int, *without: str) -> list[str]:
        """The rules in the way, in the contract's order."""
        span, step = (start, start + length + AFTER[reason]), 1 if reason is None else length
        away = any(one == who and low < start + length and start < high for one, low, high in self.absences.values())
        inside = start >= OPENED and start + length <= CLOSED
        broken = {
            "in-the-past": start < self.now,
            "practitioner-absent": away,
            "outside-opening-hours": not inside,
            "not-on-grid": inside and (start - OPENED) % step != 0,
            "slot-taken": self.taken(who, span, *without),
            "resource-taken": reason == "E" and not self.taken(who, span, *without) and self.device_taken(span, *without),
        }
        return [code for code, is_broken in broken.items() if is_broken]

    def free(self, who: str, reason: str) -> list[int]:
        """The starts that a patient is offered."""
        length = DURATION[reason]
        return [start for start in range(OPENED, CLOSED, length) if not self.refusals(who, reason, start, length)]

    # --- acts --------------------------------------------------------------------------------------------------------

    def place(self, who: str, reason: str | None, start: int, length: int, asker: Asker, *without: str) -> Visit:
        """A visit there, if the asker may. Raises Refusal."""
        in_the_way = self.refusals(who, reason, start, length, *without)
        if in_the_way and asker != "insisting":
            raise Refusal(in_the_way[0])
        visit = Visit(who, reason, start, length, "confirmed", "extra" if in_the_way else "normal")
        visit.device = reason == "E" and not self.device_taken(visit.span, *without)
        return visit

    def book(self, name: str, who: str, reason: str, start: int, asker: Asker) -> None:
        """A new visit."""
        visit = self.place(who, reason, start, DURATION[reason], asker)
        visit.status = "requested" if reason == "E" and asker == "patient" else "confirmed"
        self.visits[name] = visit

    def hold(self, name: str, who: str, reason: str, start: int) -> None:
        """Keep a time for a quarter of an hour."""
        visit = self.place(who, reason, start, DURATION[reason], "patient")
        visit.status, visit.until = "held", self.now + 15
        self.visits[name] = visit

    def confirm_hold(self, name: str) -> None:
        """The holder books."""
        held = self._held(name)
        held.status, held.until = "requested" if held.reason == "E" else "confirmed", None

    def release(self, name: str) -> None:
        """The holder gives up."""
        self._held(name)
        del self.visits[name]
        self._settle()

    def imported(self, name: str, who: str, start: int, length: int) -> None:
        """A platform says that somebody is there: in conflict when the time is taken."""
        visit = Visit(who, None, start, length, "confirmed")
        visit.lane = "conflict" if self.taken(who, visit.span) else "normal"
        self.visits[name] = visit

    def move(self, name: str, who: str, start: int, asker: Asker) -> None:
        """Elsewhere, by the rules of booking; to where it is, nothing."""
        visit = self._movable(name)
        if visit.lane != "conflict" and (visit.who, visit.start) == (who, start):
            return
        length = DURATION[visit.reason] if visit.reason and who != visit.who else visit.length
        self._replace(name, self.place(who, visit.reason, start, length, asker, name))
        self._settle()

    def swap(self, name: str, other: str) -> None:
        """Exchange times and practitioners, both by the rules or neither."""
        first, second = self._movable(name), self._movable(other)
        if "conflict" in (first.lane, second.lane):
            raise Refusal("status-not-allowed")
        went = self.place(second.who, first.reason, second.start, first.length, "staff", name, other)
        rest = Morning(self.now, {**self.visits, name: went}, self.absences)
        came = rest.place(first.who, second.reason, first.start, second.length, "staff", other)
        for one, there in ((name, went), (other, came)):
            self._replace(one, there)
        self._settle()

    def cancel(self, name: str) -> None:
        """The visit will not be."""
        self._change(name, self._movable(name, "already-cancelled"), status="cancelled", device=False)
        self._settle()

    def status(self, name: str, status: str) -> None:
        """Forward, or a missed visit back."""
        visit = self._visit(name)
        back = visit.status == "no_show" and status == "confirmed"
        if not back and status not in FORWARD.get(visit.status, ()):
            raise Refusal("status-not-allowed")
        if back and visit.lane == "normal" and self._cannot_return(visit):
            raise Refusal("slot-taken")
        self._change(name, visit, status=status, device=visit.device and status not in FREEING)
        if back:
            self.visits[name].device = bool(visit.last and visit.last.device)
        self._settle()

    def undo(self, name: str) -> None:
        """As it was before its last act."""
        visit = self._visit(name)
        if visit.last is None:
            raise Refusal("nothing-to-undo")
        former = visit.last
        if former.status not in FREEING and former.lane == "normal" and self._cannot_return(former, name):
            raise Refusal("slot-taken")
        self.visits[name] = deepcopy(former)
        self.visits[name].last = None
        self._settle()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _held(self, name: str) -> Visit:
        visit = self.visits.get(name)
        if visit is None or visit.status != "held" or (visit.until or 0) <= self.now:
            raise Refusal("hold-gone")
        return visit

    def _visit(self, name: str) -> Visit:
        return self.visits[name]

    def _movable(self, name: str, when_cancelled: str = "already-cancelled") -> Visit:
        visit = self._visit(name)
        if visit.status not in ("requested", "confirmed"):
            raise Refusal(when_cancelled if visit.status == "cancelled" else "status-not-allowed")
        return visit

    def _cannot_return(self, visit: Visit, *without: str) -> bool:
        return self.taken(visit.who, visit.span, *without) or (visit.device and self.device_taken(visit.span, *without))

    def _replace(self, name: str, there: Visit) -> None:
        was = self.visits[name]
        there.status, there.last = was.status, deepcopy(was)
        self.visits[name] = there

    def _change(self, name: str, visit: Visit, **changes: object) -> None:
        was = deepcopy(visit)
        for field_name, value in changes.items():
            setattr(visit, field_name, value)
        visit.last = was

    def _settle(self) -> None:
        """What was in conflict and overlaps nothing any more is a visit like others."""
        for name, visit in self.visits.items():
            if visit.lane == "conflict" and visit.status not in FREEING and not self.taken(visit.who, visit.span, name):
                visit.lane, visit.last = "normal", None

    def pass_time(self, minutes: int) -> None:
        """Holds whose time is over are gone."""
        self.now += minutes
        self.visits = {name: one for name, one in self.visits.items() if one.until is None or one.until > self.now}
        self._settle()
