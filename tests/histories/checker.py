"""Is there an order in which everything that the clients saw is true?

An order is legal when every act that was answered before another was asked stands before it, and when the model agrees with every
answer (linearizability, Herlihy and Wing 1990). The search is depth first and remembers where it has been (Lowe 2017).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.histories.agenda_model import EMPTY, Act, Day, Time, after


class TooHard(Exception):
    """More positions were looked at than allowed: nothing is known of this history."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """No legal order exists: the longest part of one that was found, and what could not follow it."""

    reached: list[Act]
    day: Day
    stuck: list[Act]

    def __str__(self) -> str:
        lines = ["No order of these acts is legal. The longest one ends with:"]
        lines += [f"  {act}" for act in self.reached[-8:]]
        lines += [f"Then the day is {sorted(self.day)} and none of these can follow:"]
        return "\n".join([*lines, *(f"  {act}" for act in self.stuck)])


def contradiction(
    acts: Sequence[Act], times: frozenset[Time], *, start: Day = EMPTY, most_positions: int = 3_000_000
) -> Contradiction | None:
    """None when the acts on one practitioner's day have a legal order. Raises TooHard."""
    return _Search(settled(sorted(acts, key=lambda act: act.asked)), times, most_positions).run(start)


def settled(acts: Sequence[Act]) -> list[Act]:
    """The acts, those without answer decided where a later reading tells: a visit is booked once and stands until it is cancelled.

    A booking whose visit nobody cancels and a later reading does not show never happened; nor did a cancellation of a visit that a
    later reading shows. They are left out, so that the search need not guess.
    """
    readings = [act for act in acts if act.kind == "day"]
    cancelled = {act.visit for act in acts if act.kind == "cancel"}

    def never(act: Act) -> bool:
        later = next((reading for reading in readings if reading.asked > act.answered), None)
        if act.answer != "maybe" or later is None:
            return False
        shown = act.visit in {visit for visit, _ in later.answer}
        return shown if act.kind == "cancel" else act.kind == "book" and not shown and act.visit not in cancelled

    return [act for act in acts if not never(act)]


class _Search:
    """Bit n of a set of acts is the n-th act in the order of asking."""

    def __init__(self, acts: list[Act], times: frozenset[Time], most_positions: int) -> None:
        self.acts, self.times, self.most_positions = acts, times, most_positions
        self.needed = sum(1 << n for n, act in enumerate(acts) if act.answer != "maybe")

    def run(self, day: Day) -> Contradiction | None:
        """Walk; a step is an act that may come next. What may have never happened need not be walked."""
        seen: set[tuple[int, Day]] = {(0, day)}
        path: list[int] = []
        best: tuple[list[int], Day, int] = ([], day, 0)
        stack = [(0, day, self._steps(0, day))]
        while stack:
            done, here, steps = stack[-1]
            if done & self.needed == self.needed:
                return None
            if (step := next(steps, None)) is None:
                stack.pop()
                if path:
                    path.pop()
                continue
            number, there = step
            position = (done | 1 << number, there)
            if position in seen:
                continue
            seen.add(position)
            if len(seen) > self.most_positions:
                raise TooHard
            path.append(number)
            stack.append((*position, self._steps(*position)))
            if len(path) > len(best[0]):
                best = (path.copy(), there, position[0])
        return Contradiction([self.acts[n] for n in best[0]], best[1], [self.acts[n] for n in self._next(best[2])])

    def _steps(self, done: int, day: Day) -> Iterator[tuple[int, Day]]:
        """What can legally come next; those whose client was answered first are tried first.

        A reading or a refusal that may come now is never better later: it is the only step then.
        """
        changing = []
        for number in self._next(done):
            act = self.acts[number]
            there = after(act, day, self.times)
            if there is not None and act.answer not in ("ok", "maybe"):
                return iter([(number, there)])
            if there is not None:
                changing.append((number, there))
        return iter(changing)

    def _next(self, done: int) -> list[int]:
        """The acts that no other one left had been answered before; what got no answer had its time until `answered`."""
        found, first_answer = [], float("inf")
        latest = self.acts[done.bit_length() - 1].asked if done else float("-inf")
        number = (~done & (done + 1)).bit_length() - 1  # the first act that is not done
        for n in range(number, len(self.acts)):
            if done >> n & 1:
                continue
            act = self.acts[n]
            if act.asked > first_answer:
                break
            if act.answer != "maybe":
                first_answer = min(first_answer, act.answered)
            elif latest > act.answered:
                continue
            found.append(n)
        return sorted(found, key=lambda n: (self.acts[n].answer == "maybe", self.acts[n].answered))
