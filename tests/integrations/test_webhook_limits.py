"""Platforms may knock often, not without end."""

from medidesk.api import limits
from medidesk.api.limits import Rate
from tests.integrations.house import House, monday


def test_a_flood_of_webhooks_is_told_to_wait_and_comes_again(house: House, settings, monkeypatch):
    settings.MEDIDESK_RATE_LIMITS = True
    monkeypatch.setattr("integrations.incoming.webhooks.WEBHOOKS", Rate(6_000, 3))
    house.simulators["doctolib"].drain()
    external_id = house.book_there("doctolib", monday(10))
    house.simulators["doctolib"].drain()
    path, headers, body = house.receiver.posts[-1]

    statuses = [house.post(path, headers, body) for _ in range(20)]

    assert statuses[0] == 202
    assert 429 in statuses
    assert set(statuses[1:]) <= {200, 429}
    assert external_id


def test_the_contracts_rates():
    assert (Rate(600, 100), Rate(6_000, 1_000)) == (limits.CALLS, limits.WEBHOOKS)
