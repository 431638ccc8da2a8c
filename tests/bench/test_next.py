"""The measure of the next free time: its checker sees planted wrong answers, and the doors that it compares agree."""

import json
from typing import Any

import pytest
import time_machine

from bench.data import NOW, fill_cabinet
from bench.next import NAIVE, PATHS, WARM, disagreement, query_of
from tests.conftest import TOURCOING

pytestmark = [pytest.mark.urls("bench.urls"), pytest.mark.django_db]


def said(start: str | None, **others: str | None) -> dict[str, bytes]:
    """All doors the same, but for `others`."""
    starts = dict.fromkeys(PATHS, start) | others
    return {mode: json.dumps({"slot": one and {"start": one}}).encode() for mode, one in starts.items()}


@pytest.mark.parametrize("practitioners", [1, 10])
@pytest.mark.parametrize("more", ["", "&patient_status=known", "&channel=phone"])
def test_naive_warm_and_cold_answers_are_the_same(cabinet, client, practitioners, more):
    with time_machine.travel(NOW, tick=False):
        filled = fill_cabinet(visits=0, full_days=9)

        def ask(path: str) -> Any:
            query = query_of(filled, practitioners) + more
            return client.get(f"{path}?{query}", headers={"host": TOURCOING, "Authorization": f"Bearer {filled['key']}"})

        assert disagreement("", {mode: ask(path).content for mode, path in PATHS.items()}, "2027-03-10") == []


def test_a_door_that_finds_another_time_is_seen():
    assert len(disagreement("10p", said("2027-09-01T08:00", **{WARM: "2027-09-01T08:15"}), "2027-09-01")) == 1


def test_a_time_in_the_full_days_is_seen():
    assert len(disagreement("10p", said("2027-08-31T08:00"), "2027-09-01")) == 1


def test_nothing_found_is_seen():
    assert len(disagreement("10p", said(None), "2027-09-01")) == 1


def test_an_oracle_that_finds_nothing_is_seen():
    assert len(disagreement("10p", said("2027-09-01T08:00", **{NAIVE: None}), "2027-09-01")) == 1
