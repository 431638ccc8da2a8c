"""All verbs in every order against a plain model."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.agenda.verbs.machine import Agenda, Cabinet


def play(examples: int, steps: int) -> None:
    """Random mornings in the entered cabinet."""
    rules = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(type("Played", (Agenda,), {"cabinet": Cabinet()}), settings=rules)


def test_random_mornings_go_as_the_model_says(cabinet):
    play(examples=25, steps=25)


@pytest.mark.slow
def test_many_long_mornings_go_as_the_model_says(cabinet):
    play(examples=400, steps=60)
