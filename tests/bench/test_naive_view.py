"""The measures compare what is the same: the naive view, warm and cold answers agree on every rule of the measured cabinets."""

from typing import Any

import pytest
import time_machine

from bench.data import fill_cabinet
from bench.slots import COUNTED, PATHS, query_of
from bench.stage import NOW
from tests.conftest import TOURCOING

pytestmark = [pytest.mark.urls("bench.urls"), pytest.mark.django_db]


@pytest.fixture
def measured(cabinet, client):
    """The cabinet of 500 visits on the measured day, and a way to ask it."""
    with time_machine.travel(NOW, tick=False):
        filled = fill_cabinet(visits=500)

        def ask(path: str, query: str) -> Any:
            return client.get(f"{path}?{query}", headers={"host": TOURCOING, "Authorization": f"Bearer {filled['key']}"})

        yield filled, ask


@pytest.mark.parametrize("more", ["", "&patient_status=known", "&channel=phone"])
def test_naive_warm_and_cold_answers_are_the_same(measured, more):
    filled, ask = measured
    naive, warm, cold = (ask(PATHS[mode], query_of(filled, 10) + more).json() for mode in ("naive", "warm", "cold"))
    assert naive == warm == cold


def test_measured_window_meets_every_rule(measured):
    filled, ask = measured
    offers = ask(PATHS["warm"], query_of(filled, 10)).json()["practitioners"]
    days = [{slot[:10] for slot in offer["slots"]} for offer in offers]
    assert [len(offer["slots"]) > 100 for offer in offers] == [True] * 10 and all("2027-03-29" not in found for found in days)


@pytest.mark.parametrize(("mode", "queries"), [("warm", 1), ("cold", 2)])
def test_queries_do_not_grow_with_practitioners(measured, mode, queries):
    filled, ask = measured
    counts = [int(ask(COUNTED[mode], query_of(filled, practitioners))["Bench-Queries"]) for practitioners in (10, 10, 1)]
    assert counts[1:] == [queries, queries]
