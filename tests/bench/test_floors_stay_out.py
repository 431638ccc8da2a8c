"""Floors and the naive view answer in a measure only."""

from medidesk.accounts.routes import routes


def test_no_route_of_production_belongs_to_a_measure():
    assert [route.path for route in routes("medidesk.urls_cabinet") if route.path.startswith("bench/")] == []


def test_every_route_of_a_measure_says_who_may_call_it():
    assert [route.path for route in routes("bench.urls") if route.path.startswith("bench/") and route.access is None] == []
