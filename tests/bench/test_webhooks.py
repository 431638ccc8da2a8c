"""The checker of the webhooks' measure sees each planted wrong outcome, and its events are those that the platforms send."""

import json
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from bench import telling
from bench.webhooks import KINDS, Events, flaws
from integrations.speaking.registry import connector_class

TRUE = {"events": 6, "answers": {202: 6}, "states": {"applied": 6}, "visits": [("cancelled", 3)] * 2, "taken": 0}


def said(**changes: object) -> list[str]:
    """What the checker says when this is otherwise."""
    given = TRUE | changes
    return flaws(given["events"], Counter(given["answers"]), Counter(given["states"]), given["visits"], given["taken"])


def test_a_true_outcome_has_no_flaw():
    assert said() == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"answers": {202: 5, 401: 1}}, ["1 events were answered 401"]),
        ({"states": {"applied": 5}}, ["5 events are kept of 6"]),
        ({"states": {"applied": 5, "received": 1}}, ["1 events are received"]),
        ({"visits": [("cancelled", 3)]}, ["1 visits came of 2"]),
        ({"visits": [("cancelled", 3), ("confirmed", 2)]}, ["1 visits did not come, move and go"]),
        ({"taken": 1}, ["1 times are taken still"]),
    ],
)
def test_planted_flaws_are_seen(changes, wrong):
    assert said(**changes) == wrong


@pytest.mark.parametrize("number", [0, 1])
def test_each_event_is_read_as_what_it_is(number):
    stage = SimpleNamespace(port=80, now=lambda: datetime(2027, 3, 1, tzinfo=UTC))
    events = Events(stage, {"to": "2027-04-05", "practitioners": ["alma", "ben"], "host": "hooks.bench.example"})
    told = []
    for kind in KINDS:
        raw = events.request(number, kind).partition(b"\r\n\r\n")[2]
        event = connector_class(("doctolib", "maiia")[number]).read_event(raw, ZoneInfo("Europe/Paris"))
        told.append((event.visit.start, event.visit.status.value, event.visit.version, json.loads(raw) != {}))
    first, moved = events.start(number, "created"), events.start(number, "updated")
    assert told == [(first, "confirmed", 1, True), (moved, "confirmed", 2, True), (moved, "cancelled", 3, True)]


@pytest.mark.parametrize(
    ("told", "states", "wrong"),
    [
        (["a", "b"], {"done": 2}, []),
        (["a"], {"done": 2}, ["maiia was not told of 1 visits"]),
        (["a", "b", "a"], {"done": 2}, ["maiia was told twice of 1 visits"]),
        (["a", "b"], {"done": 1, "dead": 1}, ["1 changes are dead"]),
        (["a", "b", "c"], {"done": 2}, ["maiia shows 1 visits that nobody booked"]),
    ],
)
def test_planted_flaws_of_telling_are_seen(told, states, wrong):
    assert telling.flaws(["a", "b"], {"maiia": told}, Counter(states)) == wrong
