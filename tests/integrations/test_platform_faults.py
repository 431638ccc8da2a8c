"""Whatever a platform does wrong: nothing lost, nothing doubled, nothing cancelled by mistake."""

import time

import pytest

from agenda.models import Appointment, Lane
from integrations import applying
from integrations.delivering import Delivery
from integrations.draining import drain
from integrations.going_live import rotate_secret
from integrations.models import Connection, ExternalReference, InboundEvent, OutboundChange
from integrations.signatures import new_secret
from medidesk import clock
from tests.integrations.house import monday


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
@pytest.mark.parametrize("fault", ["answer-lost", "500", "502", "503", "reset", "maintenance"])
def test_closed_time_is_written_once_whatever_the_answer(house, platform, fault):
    house.simulators[platform].order_fault(fault, "POST")

    house.book(monday(10))
    _until_delivered(house)

    assert house.busy(platform) == [(monday(10), monday(10, 30))]
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_a_platform_that_refuses_connections_is_told_later(house):
    house.simulators["maiia"].order_fault("refuse", "POST", seconds=0.3)
    house.book(monday(10))

    drain()
    time.sleep(0.6)
    _until_delivered(house)

    assert house.busy("maiia") == [(monday(10), monday(10, 30))]


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_lost_answer_to_a_move_is_not_written_again(house, platform):
    there = house.book_there(platform, monday(10))
    house.settle()
    house.simulators[platform].order_fault("answer-lost", "PATCH" if platform == "doctolib" else "PUT")

    house.move(house.visit(platform, there), monday(14))
    _until_delivered(house)

    assert len(house.writes(platform)) == 1
    assert house.simulators[platform].appointment(there)["version"] == 2


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_lost_answer_to_a_created_visit_is_looked_up(house, platform):
    Connection.objects.filter(platform=platform).update(appointments_out=True)
    house.simulators[platform].order_fault("answer-lost", "POST /appointments")

    visit = house.book(monday(10))
    _until_delivered(house)

    standing = house.simulators[platform].state()["appointments"]
    assert [(each["client_reference"], each["origin"]) for each in standing] == [(str(visit.id), "api")]
    assert ExternalReference.objects.get(connection__platform=platform, appointment=visit).external_id == standing[0]["id"]
    assert Appointment.objects.count() == 1


def test_retry_after_is_honoured_for_the_whole_connection(house):
    house.simulators["doctolib"].order_fault("429", "POST", retry_after=120)
    house.book(monday(10))
    before = clock.now()

    drain()
    house.book(monday(11))
    drain()

    connection = Connection.objects.get(platform="doctolib")
    assert (connection.paused_until - before).total_seconds() > 110
    assert len(house.writes("doctolib")) == 1
    assert house.busy("maiia") == [(monday(10), monday(10, 30)), (monday(11), monday(11, 30))]


def test_a_used_up_quota_pauses_and_no_change_is_given_up_for_it(house):
    house.simulators["doctolib"].order_fault("402", "POST", times=60)
    house.book(monday(10))
    before = clock.now()

    drain()
    connection = Connection.objects.get(platform="doctolib")
    assert (connection.paused_until - before).total_seconds() > 850
    for _attempt in range(59):
        house.due_now()
        drain()
    assert OutboundChange.objects.get(connection=connection).state == "waiting"

    _until_delivered(house)
    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]


def test_a_refused_key_pauses_and_loses_nothing(house):
    house.simulators["doctolib"].order_fault("401", "POST")
    house.book(monday(10))

    drain()
    change = OutboundChange.objects.get(connection__platform="doctolib")
    assert (change.state, change.attempts) == ("waiting", 0)

    _until_delivered(house)
    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]


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


def test_a_visit_on_a_taken_time_waits_in_the_conflict_lane(house):
    house.book(monday(10))
    there = house.book_there("doctolib", monday(10))

    house.settle()

    visit = house.visit("doctolib", there)
    assert visit.lane == Lane.CONFLICT
    assert [change.state for change in OutboundChange.objects.filter(connection__platform="doctolib")] == ["blocked"]


def test_taken_there_is_read_and_imported_when_its_webhook_never_came(house):
    house.simulators["doctolib"].order_fault("drop")
    there = house.book_there("doctolib", monday(10))

    house.book(monday(10))
    house.settle()

    assert house.visit("doctolib", there).lane == Lane.CONFLICT


def test_what_was_taken_is_closed_once_it_is_free_again(house):
    house.book(monday(10))
    there = house.book_there("doctolib", monday(10))
    house.settle()

    house.simulators["doctolib"].cancel(there)
    house.settle()

    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]
    assert not OutboundChange.objects.exclude(state="done").exists()


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


def _until_delivered(house) -> None:
    for _attempt in range(8):
        house.settle()
        if not OutboundChange.objects.filter(state="waiting").exists():
            return
        house.due_now()


def test_without_the_look_a_lost_answer_doubles(house, monkeypatch):
    """Negative control: the guard removed, the fault shows."""
    monkeypatch.setattr(Delivery, "_is_uncertain", lambda self: False)
    house.simulators["maiia"].order_fault("answer-lost", "POST")

    house.book(monday(10))
    _until_delivered(house)

    assert len(house.busy("maiia")) == 2


def test_without_the_version_guard_an_older_event_wins(house, monkeypatch):
    """Negative control: the guard removed, the fault shows."""
    monkeypatch.setattr(applying, "_is_news", lambda news, twin: True)
    there = house.book_there("doctolib", monday(10))
    house.simulators["doctolib"].move(there, monday(11).isoformat())
    house.simulators["doctolib"].drain()
    house.receiver.posts.reverse()

    house.settle()

    assert house.visit("doctolib", there).start == monday(10)
