"""The measure of the agenda: its checkers see planted wrong answers, and the doors that it compares agree."""

import json
from typing import Any

import pytest
import time_machine

from agenda.desk.numbers import number_of
from agenda.models import Appointment
from bench.agenda import COLD, EMPTY_DAY, NAIVE, PAGE, PATHS, WARM, disagreement, page_flaws, query_of
from bench.data import FIRST, NOW, fill_cabinet
from tests.conftest import TOURCOING

pytestmark = [pytest.mark.urls("bench.urls"), pytest.mark.django_db]
SAME = {mode: json.dumps({"results": [{"id": "a"}, {"id": "b"}]}).encode() for mode in PATHS}
ITEM = '<li class="visit source-phone" data-id="{}"></li>'


@pytest.fixture
def crowd(cabinet, basile, client):
    """Two practitioners with a crowded day, and a way to ask as a partner or as Basile."""
    with time_machine.travel(NOW, tick=False):
        filled = fill_cabinet(visits=0, practitioners=2, crowded_days=1)
        name, _, value = filled["cookie"].partition("=")
        client.cookies[name] = value

        def ask(path: str) -> Any:
            return client.get(path, headers={"host": TOURCOING, "Authorization": f"Bearer {filled['key']}"})

        yield ask


def test_naive_warm_and_cold_agendas_are_the_same(crowd):
    bodies = {mode: crowd(f"{path}?{query_of('week')}").content for mode, path in PATHS.items()}
    assert disagreement("week", bodies, 120) == []


def test_page_shows_every_visit_once(crowd):
    ids = {str(number_of(one)) for one in Appointment.objects.values_list("id", flat=True)}
    assert page_flaws(crowd(PAGE).content.decode(), ids) == []


def test_queries_of_the_page_do_not_grow(crowd):
    crowd(PAGE)
    counts = [int(crowd(f"/bench/counted-day/{day}")["Bench-Queries"]) for day in (EMPTY_DAY, FIRST)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("mode", [WARM, COLD])
def test_a_wrong_field_is_seen(mode):
    wrong = json.dumps({"results": [{"id": "a"}, {"id": "c"}]}).encode()
    assert disagreement("week", SAME | {mode: wrong}, 2) == [f"week: {mode} differs from the naive view"]


def test_a_row_that_every_door_forgot_is_seen():
    assert disagreement("week", SAME, 3) == ["week: 2 rows for 3 visits"]


def test_unequal_oracle_is_seen():
    assert len(disagreement("week", SAME | {NAIVE: b'{"results": []}'}, 2)) == 3


@pytest.mark.parametrize(
    ("shown", "flaws"),
    [
        ("ab", []),
        ("a", ["page: 1 visits missing, 0 strange"]),
        ("abc", ["page: 0 visits missing, 1 strange"]),
        ("aab", ["page: a shown 2 times"]),
    ],
)
def test_a_visit_missing_strange_or_twice_is_seen(shown, flaws):
    assert page_flaws("".join(ITEM.format(one) for one in shown), {"a", "b"}) == flaws
