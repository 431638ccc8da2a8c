"""Whatever a platform answers to a write: nothing lost, nothing doubled, nothing cancelled by mistake."""

import time

import pytest

from agenda.models import Lane
from integrations.connections.health import tasks
from integrations.maiia.connector import MaiiaConnector
from integrations.models import Connection, OutboundChange
from integrations.outgoing.delivering import Delivery
from integrations.outgoing.draining import drain
from integrations.outgoing.replaying import replay_change
from integrations.speaking.base import Capability
from medidesk import clock
from tests.integrations.house import BASILE, monday


def test_a_platform_that_refuses_connections_is_told_later(house):
    house.simulators["maiia"].order_fault("refuse", "POST", seconds=0.3)
    house.book(monday(10))

    drain()
    time.sleep(0.6)
    _until_delivered(house)

    assert house.busy("maiia") == [(monday(10), monday(10, 30))]


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


def test_without_the_look_a_lost_answer_doubles(house, monkeypatch):
    """Negative control: the guard removed, the fault shows."""
    monkeypatch.setattr(Delivery, "_is_uncertain", lambda self: False)
    house.simulators["maiia"].order_fault("answer-lost", "POST")

    house.book(monday(10))
    _until_delivered(house)

    assert len(house.busy("maiia")) == 2


@pytest.fixture
def mute_maiia(house, monkeypatch):
    """Maiia cannot be asked what it was told, and the answer to the next creation gets lost."""
    monkeypatch.setattr(MaiiaConnector, "capabilities", MaiiaConnector.capabilities & ~Capability.LOOK_UP)
    house.simulators["maiia"].order_fault("answer-lost", "POST")
    return house


def test_where_nothing_can_be_looked_up_a_person_decides(mute_maiia):
    mute_maiia.book(monday(10))
    _until_delivered(mute_maiia)

    held = OutboundChange.objects.get(connection__platform="maiia")
    assert (held.state, held.detail, len(mute_maiia.busy("maiia"))) == ("dead", "InDoubt: ", 1)
    assert ["à vérifier avant de renvoyer" in task.detail for task in tasks(clock.now())] == [True]


def test_what_is_held_is_not_sent_by_the_visit_s_next_change(mute_maiia):
    visit = mute_maiia.book(monday(10))
    _until_delivered(mute_maiia)

    mute_maiia.move(visit, monday(14))
    _until_delivered(mute_maiia)

    assert len(mute_maiia.writes("maiia")) == 1
    assert set(OutboundChange.objects.filter(connection__platform="maiia").values_list("state", flat=True)) == {"dead"}


def test_whoever_looked_has_it_sent(mute_maiia):
    mute_maiia.simulators["maiia"].clear_faults()
    mute_maiia.simulators["maiia"].order_fault("reset", "POST")  # nothing is written
    mute_maiia.book(monday(10))
    _until_delivered(mute_maiia)
    held = OutboundChange.objects.get(connection__platform="maiia")

    replay_change(held.connection, held.id, actor=BASILE, now=clock.now())
    _until_delivered(mute_maiia)

    assert mute_maiia.busy("maiia") == [(monday(10), monday(10, 30))]


def _until_delivered(house) -> None:
    for _attempt in range(8):
        house.settle()
        if not OutboundChange.objects.filter(state="waiting").exists():
            return
        house.due_now()
