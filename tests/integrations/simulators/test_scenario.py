"""Scenarios: the vocabulary, its refusals, the same story from the same seed."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.simulators.scenario import ScenarioError, play, read_scenario
from medidesk.services.root import ROOT
from tests.agenda.diary import PARIS
from tests.integrations.simulators.processes import Running

MORNING = """
seed: 7
steps:
  - {at: 0s, on: doctolib, do: book, as: first}
  - {at: 100ms, on: doctolib, do: book, repeat: 3, every: 10ms}
  - {at: 200ms, on: doctolib, do: move, visit: first}
  - {at: 300ms, on: doctolib, do: cancel}
  - {at: 400ms, on: doctolib, do: status, visit: any, status: done}
  - {at: 500ms, on: doctolib, do: fault, kind: "503", call: GET /appointments, times: 3}
  - {at: 600ms, on: doctolib, do: clear-faults}
  - {at: 700ms, on: doctolib, do: drain}
"""


def played(running: Running, text: str, **options: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """What is told, without the identifiers that the platform draws, and the visits that stand there after."""
    told: list[str] = []
    running.simulator.reset()
    play(read_scenario(text, **options), {"doctolib": running.simulator}, told.append, speed=100)
    shown = [
        {name: one[name] for name in ("practitioner", "motive", "start", "status")} for one in running.simulator.state()["appointments"]
    ]
    return told, sorted(shown, key=lambda one: (one["start"], one["practitioner"]))


def test_a_morning_is_played_in_the_order_of_its_times(doctolib):
    told, visits = played(doctolib, MORNING)
    assert [line.split()[3] for line in told] == [
        "book", "book", "book", "book", "move", "cancel", "status", "fault", "clear-faults", "drain",
    ]  # fmt: skip
    assert len(visits) == 4
    assert sorted(one["status"] for one in visits).count("cancelled") == 1
    assert doctolib.simulator.faults() == []


def test_the_same_seed_plays_the_same_and_another_does_not(doctolib):
    first, again, other = (played(doctolib, MORNING, seed=seed)[1] for seed in ("7", "7", "8"))
    assert first == again
    assert first != other


def test_a_time_that_is_said_is_asked_and_a_taken_one_refused(doctolib):
    steps = "steps:\n" + '  - {on: doctolib, do: book, practitioner: pra_001, day: 2, time: "09:30"}\n' * 2
    told, visits = played(doctolib, steps)
    starts = [f"{datetime.fromisoformat(one['start']).astimezone(PARIS):%H:%M}" for one in visits]
    assert ("refusé (409)" in told[1], starts) == (True, ["09:30"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: [", "YAML"),
        ("seed: 3", "steps"),
        ("steps: [3]", "étape 1"),
        ("steps: [{on: doctolib, do: dance}]", "« do »"),
        ("steps: [{do: book}]", "« on »"),
        ("steps: [{on: doctolib, do: cancel, day: 3}]", "ne connaît pas day"),
        ("steps: [{on: doctolib, do: fault}]", "kind"),
        ("steps: [{on: doctolib, do: book, repeat: 0}]", "repeat"),
        ("steps: [{on: doctolib, do: book, repeat: 6000}, {on: doctolib, do: book, repeat: 6000}]", "gestes"),
        ("steps: [{on: doctolib, do: book, at: bientôt}]", "durée"),
        ("#" + "x" * 1_000_000, "1 Mo"),
    ],
)
def test_what_cannot_be_played_says_where(text, said):
    with pytest.raises(ScenarioError, match=said):
        read_scenario(text)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{on: elsewhere, do: book}", "aucun simulateur"),
        ("{on: doctolib, do: cancel}", "aucun rendez-vous"),
        ("{on: doctolib, do: cancel, visit: nobody}", "« nobody »"),
        ("{on: doctolib, do: book, day: 2, time: 9h}", "« time »"),
    ],
)
def test_what_turns_out_impossible_says_where(doctolib, step, said):
    with pytest.raises(ScenarioError, match=said):
        played(doctolib, f"steps: [{step}]")


def test_the_command_plays_the_example(doctolib, maiia, capsys):
    example = ROOT / "docs" / "scenarios" / "monday-morning.yml"
    places = [f"{one.platform}={one.simulator.url}" for one in (doctolib, maiia)]
    call_command("simulate", str(example), speed=50, simulator=places)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"acts": 21, "done": 21, "refused": 0}


def test_the_command_says_what_is_wrong_in_a_line(tmp_path):
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("simulate", str(tmp_path / "nothing.yml"))
    (tmp_path / "bad.yml").write_text("steps: []")
    with pytest.raises(CommandError, match="Scénario"):
        call_command("simulate", str(tmp_path / "bad.yml"))
