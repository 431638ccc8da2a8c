"""From latencies to figures."""

import json

import pytest

from bench.figures import Figures, Target, figures_of, json_line, over_rounds, percentile


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_percentile_is_the_nearest_rank(share, expected):
    assert percentile(list(range(1, 101)), share) == expected


def test_percentile_of_nothing_is_zero():
    assert percentile([], 0.95) == 0


def test_figures_of_a_round_are_per_second_and_in_milliseconds():
    assert figures_of([1_000_000, 3_000_000], seconds=0.5, cpu_seconds=0.004) == Figures(4.0, 1.0, 3.0, 3.0, 2.0, 2)


def test_rounds_are_summed_up_by_medians():
    rounds = [Figures(rate, 1.0, 2.0, 3.0, 0.5, 10) for rate in (100.0, 900.0, 200.0)]
    assert over_rounds(rounds) == Figures(200.0, 1.0, 2.0, 3.0, 0.5, 30)


@pytest.mark.parametrize(("measured", "at_least", "met"), [(0.8, True, True), (0.7, True, False), (0.7, False, True), (0.8, False, False)])
def test_a_target_is_met_from_its_own_side(measured, at_least, met):
    assert Target("share", 0.75, measured, at_least).met is met


def test_the_last_line_is_one_json_object():
    line = json_line("slots", {"floor0 c=1": Figures(1.0, 2.0, 3.0, 4.0, 5.0, 6)}, [Target("share", 0.75, 0.8, True)], wrong=[])
    assert json.loads(line) == {
        "bench": "slots",
        "wrong": [],
        "targets": [{"name": "share", "wanted": 0.75, "measured": 0.8, "met": True}],
        "rows": {"floor0 c=1": {"rate": 1.0, "p50": 2.0, "p95": 3.0, "p99": 4.0, "cpu_ms": 5.0, "count": 6}},
    }
