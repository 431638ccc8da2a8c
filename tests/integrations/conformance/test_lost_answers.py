"""A platform that answers badly, late or not at all: nothing lost, nothing written twice."""

import pytest

from agenda.models import Appointment
from integrations.models import ExternalReference, OutboundChange
from tests.integrations.conformance.conftest import Channel
from tests.integrations.house import monday


@pytest.mark.parametrize("fault", ["answer-lost", "500", "503", "reset", "maintenance", "429", "402", "401"])
def test_a_closed_time_is_written_once_whatever_the_answer(channel: Channel, fault: str):
    channel.simulator.order_fault(fault, "POST")

    channel.house.book(monday(10))
    channel.until_delivered()

    assert channel.busy() == [(monday(10), monday(10, 30))]
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_a_lost_answer_to_a_created_visit_is_looked_up(writing: Channel):
    writing.simulator.order_fault("answer-lost", f"POST {writing.visits_path}")

    visit = writing.house.book(monday(10))
    writing.until_delivered()

    standing = writing.simulator.state()["appointments"]
    assert [each["client_reference"] for each in standing] == [str(visit.id)]
    assert ExternalReference.objects.get(appointment=visit).external_id == standing[0]["id"]
    assert Appointment.objects.count() == 1


def test_a_lost_answer_to_a_move_is_not_written_again(changing: Channel):
    there = changing.book_there(monday(10))
    for method in ("PATCH", "PUT"):
        changing.simulator.order_fault("answer-lost", method)

    changing.house.move(changing.visit(there), monday(14))
    changing.until_delivered()

    assert changing.simulator.appointment(there)["start"] == changing.house.utc(monday(14))
    assert len(changing.writes()) == 1
