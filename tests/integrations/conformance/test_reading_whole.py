"""Lists that are cut short, lie, or expire: what is missing from them cancels nothing."""

import pytest

from agenda.models import Appointment
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.speaking.calls import calling
from medidesk import clock
from tests.integrations.conformance.conftest import Channel
from tests.integrations.house import monday


def test_what_no_webhook_told_is_read_and_closed_times_are_no_visits(channel: Channel):
    channel.simulator.order_fault("drop")
    there = channel.house.book_there(channel.platform, monday(10))
    channel.house.book(monday(15))

    figures = reconcile(channel.connection, clock.now())

    assert (figures.complete, figures.drift, figures.repaired) == (True, 1, 1) or figures.repaired == figures.drift
    assert channel.visit(there).start == monday(10)
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("fault", ["truncate", "truncate-silent", "truncate-lying"])
def test_a_page_cut_short_cancels_nothing(channel: Channel, fault: str):
    for hour in (10, 11, 12):
        channel.book_there(monday(hour))
    channel.simulator.order_fault(fault, f"GET {channel.visits_path}")

    assert not reconcile(channel.connection, clock.now()).complete
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_a_list_that_expired_is_read_from_its_beginning(channel: Channel):
    channel.book_there(monday(10))
    channel.simulator.order_fault("drop", times=None)
    there = channel.house.book_there(channel.platform, monday(11))
    channel.simulator.order_fault("cursor-expired", f"GET {channel.visits_path}")

    pull(channel.connection, clock.now())

    assert channel.visit(there).start == monday(11)


def test_pages_are_read_to_the_end(channel: Channel):
    starts = [monday(hour, minute, weeks=week) for week in (1, 2, 3, 4) for hour in range(8, 18) for minute in (0, 20, 40)]
    visits = [_preloaded(channel, number, start) for number, start in enumerate(starts, 1)]
    channel.simulator.preload(visits)

    with calling(channel.connection) as connector:
        listing = connector.window(monday(0), monday(0, weeks=5), visits[0]["practitioner"])

    assert (len(listing.visits), listing.complete) == (len(starts), True)
    assert sorted(visit.start for visit in listing.visits) == starts


def test_people_and_reasons_are_read_to_map_them(channel: Channel):
    state = channel.simulator.state()

    with calling(channel.connection) as connector:
        assert connector.practitioners() == [(each["id"], each["name"]) for each in state["practitioners"]]
        assert connector.reasons() == [(each["id"], each["name"]) for each in state["motives"]]
        assert connector.reason_minutes() in ({}, {each["id"]: each["duration"] for each in state["motives"]})


def _preloaded(channel: Channel, number: int, start) -> dict:
    practitioner = channel.simulator.state()["practitioners"][0]["id"]
    return {"id": str(100_000 + number), "practitioner": practitioner, "start": start.isoformat(), "duration": 20}
