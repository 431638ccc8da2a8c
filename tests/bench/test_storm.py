"""The storm's plan holds every attempt, and its checker sees each planted wrong outcome."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.bursts import Told
from bench.storm import RIVALS, Row, bursts_of, flaws

TIMES = [("alma", "08:00"), ("alma", "09:00"), ("ben", "08:00")]
# A partner gets the first time, the site the second, Doctolib the third; every other attempt is told so.
ATTEMPTS = [("partner", 0), ("site", 0), ("staff", 0), ("site", 1), ("partner", 1), ("doctolib", 2), ("maiia", 2), ("staff", 2)]
STATUSES = [201, 409, 409, 302, 409, 202, 202, 409]
ROWS = [Row(TIMES[0], "partner", "v1"), Row(TIMES[1], "hold", ""), Row(TIMES[2], "doctolib", "v2")]


def told(*statuses: int) -> list[Told]:
    """The answers, in the order of the attempts; whoever gets a visit is told its id."""
    ids = iter(["v1", "v9"])
    return [Told(status, 1, json.dumps({"id": next(ids)}).encode() if status == 201 else b"") for status in statuses]


def with_answer(number: int, status: int) -> list[Told]:
    """The true answers but for one."""
    return told(*[status if n == number else true for n, true in enumerate(STATUSES)])


def test_a_true_storm_has_no_flaw():
    assert flaws(ATTEMPTS, told(*STATUSES), ROWS, 2, TIMES) == []


def planted() -> Iterator[tuple[str, list[Told], list[Row], int, list[str]]]:
    """What might go wrong, and what must be said of it."""
    yield "5xx", with_answer(1, 500), ROWS, 2, ["site was told 500, 1 times"]
    yield "refused webhook", with_answer(5, 401), ROWS, 1, ["doctolib was told 401, 1 times"]
    yield "double", told(*STATUSES), [*ROWS, replace(ROWS[2], visit="v3")], 2, ["('ben', '08:00') is taken 2 times"]
    yield "nobody", told(*STATUSES), ROWS[:2], 2, ["('ben', '08:00') is taken 0 times"]
    yield "lost visit", told(*STATUSES), [replace(ROWS[0], visit="v7"), *ROWS[1:]], 2, ["1 visits that were promised are not there"]
    yield "lost hold", told(*STATUSES), [ROWS[0], replace(ROWS[1], source="maiia"), ROWS[2]], 2, ["0 times are held for 1 who were told so"]
    yield "lost event", told(*STATUSES), ROWS, 1, ["1 visits of the platforms for 2 events taken in"]
    promised_twice = ["('alma', '09:00') was promised 2 times", "1 visits that were promised are not there"]
    yield "two promises", with_answer(4, 201), ROWS, 2, promised_twice
    yield "no answer", told(*STATUSES[:-1]), ROWS, 2, ["7 answers for 8 attempts"]


@pytest.mark.parametrize(("answers", "rows", "imported", "said"), [one[1:] for one in planted()], ids=[one[0] for one in planted()])
def test_planted_flaws_are_seen(answers, rows, imported, said):
    assert flaws(ATTEMPTS, answers, rows, imported, TIMES) == said


def test_every_rival_comes_once_in_bursts_of_the_size():
    plan = bursts_of(30, 64, seed=1)
    assert Counter(attempt for burst in plan for attempt in burst) == Counter(
        {(door, number): count for number in range(30) for door, count in Counter(RIVALS).items()}
    )
    assert [len(burst) for burst in plan] == [64] * 9 + [24]


def test_a_burst_fights_for_few_times():
    assert max(len({number for _, number in burst}) for burst in bursts_of(100, 64, seed=1)) <= 9
