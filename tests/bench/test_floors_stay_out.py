"""Floors and the naive view answer in a measure only."""

from medidesk.accounts.routes import routes


def test_no_route_of_production_belongs_to_a_measure():
    both = [*routes("medidesk.urls_cabinet"), *routes("medidesk.urls_public")]
    assert [route.path for route in both if route.path.startswith("bench/")] == []


def test_every_route_of_a_measure_says_who_may_call_it():
    both = [*routes("bench.urls"), *routes("bench.public_urls")]
    assert [route.path for route in both if route.path.startswith("bench/") and route.access is None] == []
