"""What patients do on a platform is so in the agenda, once."""

import pytest

from agenda.models import Appointment
from tests.integrations.conformance.conftest import Channel
from tests.integrations.house import monday


def test_booked_there_is_a_visit_here(channel: Channel):
    there = channel.book_there(monday(10))

    visit = channel.visit(there)
    assert (visit.start, visit.end, visit.lane) == (monday(10), monday(10, 30), "normal")
    assert (visit.practitioner, visit.visit_reason, visit.source) == (channel.house.alma, channel.house.reason, channel.platform)
    assert (visit.patient.first_names, visit.patient.last_name, visit.patient.phone) == ("Jean", "Dupont", "+33639980012")
    assert channel.house.statuses == ([202] if channel.tells else [])
    assert channel.writes() == []


def test_moved_there_is_moved_here(channel: Channel):
    there = channel.book_there(monday(10))

    channel.simulator.move(there, monday(14).isoformat())
    channel.house.settle()

    assert channel.visit(there).start == monday(14)
    assert (Appointment.objects.count(), channel.writes()) == (1, [])


def test_cancelled_there_is_cancelled_here(channel: Channel):
    there = channel.book_there(monday(10))

    channel.simulator.cancel(there)
    channel.house.settle()

    visit = channel.visit(there)
    assert (visit.status, visit.cancelled_by) == ("cancelled", "platform")
    assert channel.writes() == []


def test_missed_there_is_missed_here(channel: Channel):
    there = channel.book_there(monday(10))

    channel.simulator.mark(there, "no_show")
    channel.house.settle()

    assert (channel.visit(there).status, channel.writes()) == ("no_show", [])


def test_shuffled_events_end_with_the_newest(channel: Channel):
    there = channel.house.book_there(channel.platform, monday(10))
    channel.simulator.move(there, monday(11).isoformat())
    channel.simulator.move(there, monday(12).isoformat())
    channel.simulator.drain()
    channel.house.receiver.posts.reverse()

    channel.house.settle()

    assert channel.visit(there).start == monday(12)
    assert Appointment.objects.count() == 1


def test_an_event_told_twice_is_one(channel: Channel):
    channel.simulator.order_fault("duplicate", n=3)
    channel.book_there(monday(10))

    assert Appointment.objects.count() == 1
    assert sorted(channel.house.statuses) == ([200, 200, 202] if channel.tells else [])


@pytest.mark.parametrize("written", ["local", "no-seconds", "naive"])
def test_times_may_be_written_otherwise(channel: Channel, written: str):
    for on in ("webhook", "*"):
        channel.simulator.order_fault("time-format", on, format=written, times=None)

    there = channel.book_there(monday(10))

    assert (channel.visit(there).start, channel.writes()) == (monday(10), [])


@pytest.mark.parametrize("text", ["upper", "trim"])
def test_names_may_be_written_otherwise(channel: Channel, text: str):
    channel.simulator.order_fault("text", "GET", text=text, times=None)
    there = channel.book_there(monday(10), patient={"first_name": "Marie-Antoinette", "last_name": "De La Rochefoucauld"})

    channel.house.settle()

    assert channel.visit(there).start == monday(10)
    assert (Appointment.objects.count(), channel.writes()) == (1, [])
