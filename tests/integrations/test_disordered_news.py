"""News that come doubled, shuffled, late, forged, unreadable or under another id: each visit ends as the platform has it, once."""

from dataclasses import replace

import pytest

from agenda.models import Appointment
from integrations.comparison import reconciliation
from integrations.comparison.reconciliation import reconcile
from integrations.connections.going_live import rotate_secret
from integrations.incoming import applying
from integrations.incoming.applying import News, apply_news
from integrations.models import InboundEvent
from integrations.speaking.calls import calling
from integrations.speaking.signatures import new_secret
from integrations.speaking.vocabulary import VisitStatus
from medidesk import clock
from tests.integrations.house import monday


def test_the_same_webhook_five_times_is_one_visit(house):
    house.simulators["doctolib"].order_fault("duplicate", n=5)

    house.book_there("doctolib", monday(10))
    house.settle()

    assert house.statuses == [202, 200, 200, 200, 200]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_shuffled_versions_end_with_the_newest(house, platform):
    simulator = house.simulators[platform]
    there = house.book_there(platform, monday(10))
    simulator.move(there, monday(11).isoformat())
    simulator.move(there, monday(12).isoformat())
    simulator.drain()
    house.receiver.posts.reverse()

    house.settle()

    assert house.visit(platform, there).start == monday(12)
    assert Appointment.objects.count() == 1
    assert house.writes(platform) == []


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_cancelled_before_created_stays_cancelled(house, platform):
    simulator = house.simulators[platform]
    there = house.book_there(platform, monday(10))
    simulator.cancel(there)
    simulator.drain()
    house.receiver.posts.reverse()

    house.settle()

    assert [visit.status for visit in Appointment.objects.all()] == ["cancelled"]
    assert house.visit(platform, there).status == "cancelled"


def read_as_cancelled(house, platform: str) -> str:
    """A visit whose creation is still on its way, and whose cancellation was never told: the comparison reads it."""
    simulator = house.simulators[platform]
    there = house.book_there(platform, monday(10))
    simulator.drain()
    simulator.order_fault("drop")
    simulator.cancel(there)
    reconcile(house.connections[platform], clock.now())
    return there


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_created_late_stays_cancelled_as_it_was_read(house, platform):
    read_as_cancelled(house, platform)

    house.settle()

    assert house.statuses == [202]
    assert not Appointment.objects.exists()


def test_without_its_trace_a_visit_created_late_stands(house, monkeypatch):
    """Negative control: the guard removed, the agenda lies."""
    monkeypatch.setattr(reconciliation, "leave_traces", lambda connection, cancelled, now: None)
    read_as_cancelled(house, "maiia")

    house.settle()

    assert Appointment.objects.count() == 1


def test_read_as_cancelled_then_standing_again_is_a_visit(house):
    there, connection = read_as_cancelled(house, "maiia"), house.connections["maiia"]
    with calling(connection) as connector:
        cancelled = connector.visit(there)

    apply_news(News(connection, replace(cancelled, status=VisitStatus.CONFIRMED, version=3), clock.now(), fetched=True))

    assert house.visit("maiia", there).start == monday(10)


def test_events_without_version_or_time_are_settled_by_asking(house):
    house.simulators["doctolib"].order_fault("omit", "webhook", fields=["version", "occurred_at"], times=None)
    there = house.book_there("doctolib", monday(10))
    house.simulators["doctolib"].move(there, monday(11).isoformat())
    house.simulators["doctolib"].drain()
    house.receiver.posts.reverse()

    house.settle()

    assert house.visit("doctolib", there).start == monday(11)


def test_events_of_one_second_without_version_are_settled_by_asking(house):
    house.simulators["doctolib"].order_fault("omit", "webhook", fields=["version"], times=None)
    there = house.book_there("doctolib", monday(10))
    house.simulators["doctolib"].move(there, monday(11).isoformat())

    house.settle()

    assert house.visit("doctolib", there).start == monday(11)


@pytest.mark.parametrize(("fault", "options"), [("forge", {}), ("stale", {"minutes": 10})])
def test_forged_or_old_signatures_are_refused_and_leave_nothing(house, fault, options):
    house.simulators["maiia"].order_fault(fault, **options)

    house.book_there("maiia", monday(10))
    house.settle()

    assert house.statuses == [401]
    assert not InboundEvent.objects.exists()


def test_a_clock_three_minutes_ahead_is_tolerated(house):
    house.simulators["maiia"].order_fault("clock-skew", "webhook", minutes=3)

    house.book_there("maiia", monday(10))
    house.settle()

    assert house.statuses == [202]
    assert Appointment.objects.count() == 1


def test_unreadable_but_signed_is_kept_and_told(house):
    connection = house.connections["doctolib"]
    house.simulators["doctolib"].send("<html>", event_id="evt_broken")

    house.settle()

    event = InboundEvent.objects.get()
    assert house.statuses == [400]
    assert (event.connection, event.state, bytes(event.raw)) == (connection, "unreadable", b"<html>")


def test_both_secrets_are_good_while_one_replaces_the_other(house):
    old = house.connections["doctolib"].webhook_secrets.get().value
    rotate_secret(house.connections["doctolib"], clock.now())

    for number, secret in enumerate([old, house.connections["doctolib"].webhook_secrets.get(expires_at=None).value, new_secret()]):
        house.simulators["doctolib"].send({}, event_id=f"evt_{number}", secret=secret)
    house.settle()

    assert house.statuses == [202, 202, 401]


def test_cancelled_and_booked_anew_is_one_moved_visit(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()
    before = house.visit("doctolib", there)

    house.simulators["doctolib"].cancel(there)
    house.simulators["doctolib"].drain()
    anew = house.book_there("doctolib", monday(15))
    house.settle()

    after = Appointment.objects.get()
    assert (after.id, after.status, after.start) == (before.id, "confirmed", monday(15))
    assert house.visit("doctolib", anew) == after
    assert house.busy("maiia") == [(monday(15), monday(15, 30))]


def test_rewritten_ids_are_the_same_visit(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()
    house.simulators["doctolib"].order_fault("rewrite-ids", "webhook")
    house.simulators["doctolib"].mark(there, "done")

    house.settle()

    assert Appointment.objects.count() == 1
    assert house.visit("doctolib", there).status == "completed"


def test_without_the_version_guard_an_older_event_wins(house, monkeypatch):
    """Negative control: the guard removed, the fault shows."""
    monkeypatch.setattr(applying, "_is_news", lambda news, twin: True)
    there = house.book_there("doctolib", monday(10))
    house.simulators["doctolib"].move(there, monday(11).isoformat())
    house.simulators["doctolib"].drain()
    house.receiver.posts.reverse()

    house.settle()

    assert house.visit("doctolib", there).start == monday(10)
