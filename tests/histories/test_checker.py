"""The judge of histories is judged: what is legal passes, every planted anomaly is found."""

from random import Random

import pytest

from tests.histories.agenda_model import EMPTY, Act, after
from tests.histories.checker import TooHard, contradiction

TIMES = frozenset(range(4))


def act(kind, visit, time, answer, asked, answered=None):
    return Act(kind, visit, time, answer, asked, asked + 1 if answered is None else answered)


def sees(kind, shown, asked, answered=None):
    return act(kind, "", 0, frozenset(shown), asked, answered)


def booked(visit, time, asked, answered=None):
    return act("book", visit, time, "ok", asked, answered)


LEGAL = {
    "one after the other": [booked("a", 1, 0), sees("day", [("a", 1)], 2), sees("free", [0, 2, 3], 4)],
    "a rival told the truth": [booked("a", 1, 0, 5), act("book", "b", 1, "taken", 1, 4)],
    "a reader between two writers": [booked("a", 1, 0, 9), booked("b", 2, 0, 9), sees("day", [("b", 2)], 1, 8)],
    "a move, then its old time": [booked("a", 1, 0), act("move", "a", 2, "ok", 2), booked("b", 1, 4)],
    "moved to where it is": [booked("a", 1, 0), act("move", "a", 1, "ok", 2), sees("day", [("a", 1)], 4)],
    "two cancel, one hears that it is gone": [booked("a", 1, 0), act("cancel", "a", 0, "ok", 2, 9), act("cancel", "a", 0, "gone", 3, 8)],
    "unanswered, and it happened later": [
        Act("book", "a", 1, "maybe", 0), sees("day", [], 1), sees("day", [("a", 1)], 5),
    ],
    "unanswered, and it never happened": [Act("book", "a", 1, "maybe", 0), booked("b", 1, 5), sees("day", [("b", 1)], 7)],
    "an unanswered move seen half an hour later": [
        booked("a", 1, 0), Act("move", "a", 3, "maybe", 2), sees("day", [("a", 1)], 3), sees("day", [("a", 3)], 1800),
    ],
}  # fmt: skip

ANOMALIES = {
    "two told yes for one time": [booked("a", 1, 0, 9), booked("b", 1, 0, 9)],
    "an accepted visit lost": [booked("a", 1, 0), sees("day", [], 2)],
    "refused although free all along": [act("book", "a", 1, "taken", 0), sees("day", [], 2)],
    "offered although taken": [booked("a", 1, 0), sees("free", [0, 1, 2, 3], 2)],
    "hidden although free": [booked("a", 1, 0), act("cancel", "a", 0, "ok", 2), sees("free", [0, 2, 3], 4)],
    "read before it was asked for": [sees("day", [("a", 1)], 0), booked("a", 1, 2)],
    "seen, then unseen, then seen": [
        booked("a", 1, 0, 9), sees("day", [("a", 1)], 1, 2), sees("day", [], 3, 4), sees("day", [("a", 1)], 5, 6),
    ],
    "in both places after a move": [
        booked("a", 1, 0), act("move", "a", 2, "ok", 2), sees("day", [("a", 1), ("a", 2)], 4),
    ],
    "old time still taken after a move": [booked("a", 1, 0), act("move", "a", 2, "ok", 2), act("book", "b", 1, "taken", 4)],
    "two visits moved to one time": [
        booked("a", 0, 0), booked("b", 1, 2), act("move", "a", 3, "ok", 4, 9), act("move", "b", 3, "ok", 4, 9),
    ],
    "two cancellations of one visit": [booked("a", 1, 0), act("cancel", "a", 0, "ok", 2, 9), act("cancel", "a", 0, "ok", 2, 9)],
    "told gone while it stands": [booked("a", 1, 0), act("cancel", "a", 0, "gone", 2), sees("day", [("a", 1)], 4)],
    "unanswered, and it happened long after its server was gone": [
        Act("book", "a", 1, "maybe", 0, 5), sees("day", [], 6), sees("day", [("a", 1)], 8),
    ],
    "an unanswered cancellation seen, then unseen": [
        booked("a", 1, 0), Act("cancel", "a", 0, "maybe", 2, 9), sees("day", [], 3), sees("day", [("a", 1)], 5),
    ],
    "unanswered, seen, then vanished": [
        Act("book", "a", 1, "maybe", 0), sees("day", [("a", 1)], 2), sees("day", [], 4),
    ],
    "two readers who disagree on the order": [
        booked("a", 1, 0, 9), booked("b", 2, 0, 9), sees("day", [("a", 1)], 1, 2), sees("day", [("b", 2)], 3, 4),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_history_passes(name):
    assert contradiction(LEGAL[name], TIMES) is None


@pytest.mark.parametrize("name", ANOMALIES)
def test_a_planted_anomaly_is_found(name):
    assert contradiction(ANOMALIES[name], TIMES) is not None


def generated(seed: int, acts: int = 300) -> list[Act]:
    """A true history: acts happen one by one on the model, each overlaps its neighbours in time, some lose their answer."""
    chance, day, history = Random(seed), EMPTY, []
    for number in range(acts):
        kind = chance.choice(["book", "book", "book", "move", "cancel", "day", "free"])
        visit = f"v{number}" if kind == "book" else chance.choice([one for one, _ in sorted(day)] or ["v0"])
        time = chance.randrange(4)
        answers = {"day": [day], "free": [TIMES - {at for _, at in day}]}.get(kind, ["ok", "taken", "gone"])
        for answer in answers:
            one = Act(kind, visit, time, answer, 2.0 * number, 2.0 * number + 3)
            if (then := after(one, day, TIMES)) is not None:
                lost = chance.random() < 0.05 and kind in ("book", "move", "cancel")
                history.append(Act(kind, visit, time, "maybe", one.asked) if lost else one)
                day = then
                break
    return history


@pytest.mark.parametrize("seed", range(10))
def test_true_histories_with_lost_answers_pass(seed):
    assert contradiction(generated(seed), TIMES) is None


@pytest.mark.parametrize("seed", range(10))
def test_a_true_history_with_one_visit_made_to_vanish_is_refused(seed):
    history = generated(seed)
    standing = [n for n, one in enumerate(history) if one.kind == "day" and one.answer]
    spoilt = standing[len(standing) // 2]
    shown = frozenset(sorted(history[spoilt].answer)[1:]) | {("nobody", 9)}
    old = history[spoilt]
    history[spoilt] = Act(old.kind, old.visit, old.time, shown, old.asked, old.answered)

    assert contradiction(history, TIMES) is not None


def test_a_search_that_goes_too_far_says_so():
    with pytest.raises(TooHard):
        contradiction(generated(1), TIMES, most_positions=50)


def test_the_contradiction_names_what_cannot_follow():
    found = contradiction([booked("a", 1, 0), sees("day", [], 2)], TIMES)

    assert [one.kind for one in found.reached] == ["book"]
    assert [one.kind for one in found.stuck] == ["day"]
    assert "none of these can follow" in str(found)
