"""What is only so of described platforms: adapted wires, signatures of their own, visits that cannot be written."""

import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from integrations.comparison.reconciliation import reconcile
from integrations.connections.going_live import rotate_secret
from integrations.generic_rest.shipped import shipped_text
from integrations.models import Connection, InboundEvent, OutboundChange
from integrations.speaking.calls import calling
from medidesk import clock
from tests.integrations.hooks import Hooks
from tests.integrations.house import House, monday
from tests.integrations.simulators.processes import Running


@pytest.fixture
def office(cabinet: Any, hooks: Hooks, clickdoc: Running) -> House:
    """The cabinet of Tourcoing, live on ClickDoc."""
    return House(hooks, clickdoc)


@pytest.fixture
def therapy(cabinet: Any, hooks: Hooks, medoucine: Running) -> House:
    """The cabinet of Tourcoing, live on Medoucine."""
    return House(hooks, medoucine)


def knock(house: House, **changes: str) -> int:
    """Hand over the newest webhook with other headers; answers the door's status."""
    path, headers, body = house.receiver.posts[-1]
    return house.post(path, headers | {name.replace("_", "-"): value for name, value in changes.items()}, body)


# --- another description ----------------------------------------------------------------------------------------------


def test_an_adapted_description_is_spoken_both_ways(cabinet, hooks, docorga):
    docorga.platform, speaks = "clickdoc", docorga.platform
    try:
        house = House(hooks)
        house.simulators["clickdoc"] = docorga.simulator
        made = house.connect(
            docorga, wire_text=shipped_text("docorga"), base_url=f"{docorga.simulator.url}/rest", api_key="cabinet:sim-docorga-key",
            practitioners={house.alma.id: "501"}, reasons={house.reason.id: "61"},
        )  # fmt: skip
        house.connections["clickdoc"] = made

        there = str(docorga.simulator.book("501", monday(10).isoformat(), duration=30, motive="61")["id"])
        house.book(monday(14))
        house.settle()

        assert house.statuses == [202]
        assert (house.visit("clickdoc", there).start, house.visit("clickdoc", there).source) == (monday(10), "clickdoc")
        assert house.busy("clickdoc") == [(monday(14), monday(14, 30))]
    finally:
        docorga.platform = speaks


# --- a signature of their own -----------------------------------------------------------------------------------------


def test_a_genuine_event_is_taken_once(office):
    office.book_there("clickdoc", monday(10))
    office.simulators["clickdoc"].drain()

    assert [knock(office), knock(office), knock(office, webhook_id="another")] == [202, 200, 200]
    assert InboundEvent.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"x_clickdoc_signature": ""},
        {"x_clickdoc_signature": "sha256=" + "0" * 64},
        {"x_clickdoc_timestamp": ""},
        {"x_clickdoc_timestamp": str(int(time.time()) - 1)},
        {"x_clickdoc_signature": "", "webhook_id": "e", "webhook_timestamp": str(int(time.time())), "webhook_signature": "v1,AAAA"},
    ],
)
def test_anything_else_stays_outside(office, changes):
    office.book_there("clickdoc", monday(10))
    office.simulators["clickdoc"].drain()

    assert knock(office, **changes) == 401
    assert not InboundEvent.objects.exists()


def test_old_news_sent_again_and_forged_news_stay_outside(office):
    simulator = office.simulators["clickdoc"]
    for kind in ("stale", "forge"):
        simulator.order_fault(kind)
        office.book_there("clickdoc", monday(10 if kind == "stale" else 11))
        simulator.drain()

    office.listen()

    assert office.statuses == [401, 401]


def test_a_new_secret_is_told_and_both_are_good_for_a_day(office):
    rotate_secret(office.connections["clickdoc"], clock.now())
    office.book_there("clickdoc", monday(10))

    office.settle()

    assert office.statuses == [202]


# --- one request, once ------------------------------------------------------------------------------------------------


def test_the_same_write_bears_the_same_request_id(office):
    office.simulators["clickdoc"].order_fault("500", "POST /blockers")

    office.book(monday(10))
    office.settle()
    office.due_now()
    office.settle()

    calls = [call["idempotency_key"] for call in office.simulators["clickdoc"].writes() if call["path"] == "/blockers"]
    assert len(calls) == 2
    assert len(set(calls)) == 1


def test_a_write_against_another_revision_is_another_request(office):
    there = office.book_there("clickdoc", monday(10))
    operation = uuid4()

    with calling(office.connections["clickdoc"]) as connector:
        first = connector.visit(there)
        moved = connector.update_visit(first, replace(first, start=monday(11), end=monday(11, 30)), operation)
        back = connector.update_visit(moved, first, operation)

    assert (first.version, moved.version, back.version, back.start) == (1, 2, 3, first.start)


def test_nothing_is_sent_that_says_what_stands_there(office):
    there = office.book_there("clickdoc", monday(10))

    with calling(office.connections["clickdoc"]) as connector:
        current = connector.visit(there)
        assert connector.update_visit(current, replace(current, client_reference="ours"), uuid4()) == current

    assert office.writes("clickdoc") == []


# --- visits that cannot be written ------------------------------------------------------------------------------------


def test_a_visit_that_cannot_be_moved_there_closes_its_new_time(therapy):
    there = therapy.book_there("medoucine", monday(10))
    therapy.settle()
    visit = therapy.visit("medoucine", there)

    therapy.move(visit, monday(14))
    therapy.settle()

    assert therapy.busy("medoucine") == [(monday(14), monday(14, 30))]
    assert therapy.simulators["medoucine"].appointment(there)["start"] == therapy.utc(monday(10))
    visit.refresh_from_db()
    assert visit.start == monday(14)
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_a_visit_that_cannot_be_cancelled_there_stays_cancelled_here(therapy):
    there = therapy.book_there("medoucine", monday(10))
    therapy.settle()

    therapy.cancel(therapy.visit("medoucine", there))
    therapy.settle()
    reconcile(therapy.connections["medoucine"], clock.now())

    assert therapy.visit("medoucine", there).status == "cancelled"
    assert therapy.writes("medoucine") == []


def test_what_no_call_is_described_for_is_switched_off(therapy, medoucine):
    connection = therapy.connect(medoucine, flows={"appointments_out": True, "status_out": True})

    assert (connection.appointments_out, connection.status_out, connection.busy_out) == (False, False, True)
    assert Connection.objects.count() == 1
