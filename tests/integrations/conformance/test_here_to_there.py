"""What the cabinet does is so on a platform, by no more writes than it takes."""

from agenda.models import Lane
from integrations.models import ExternalReference, OutboundChange
from tests.integrations.conformance.conftest import Channel
from tests.integrations.house import monday


def test_booked_here_is_closed_there_without_the_patient_and_follows(channel: Channel):
    visit = channel.house.book(monday(10))
    channel.house.settle()
    assert channel.busy() == [(monday(10), monday(10, 30))]
    assert "Haddad" not in str(channel.simulator.writes())

    channel.house.move(visit, monday(14))
    channel.house.settle()
    assert channel.busy() == [(monday(14), monday(14, 30))]

    channel.house.cancel(visit)
    channel.house.settle()
    assert channel.busy() == []
    assert len(channel.writes()) <= 4
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_taken_there_is_read_and_is_a_conflict_for_a_person(channel: Channel):
    channel.simulator.order_fault("drop")
    there = channel.house.book_there(channel.platform, monday(10))

    channel.house.book(monday(10))
    channel.house.settle()

    assert channel.visit(there).lane == Lane.CONFLICT
    assert [change.state for change in OutboundChange.objects.all()] == ["blocked"]


def test_written_there_with_the_patient_once(writing: Channel):
    visit = writing.house.book(monday(10))
    writing.house.settle()

    there = ExternalReference.objects.get(appointment=visit).external_id
    told = writing.simulator.appointment(there)
    assert (told["start"], told["duration"], told["client_reference"]) == (writing.house.utc(monday(10)), 30, str(visit.id))
    assert (told["patient"]["first_name"], told["patient"]["last_name"]) == ("Nour", "Haddad")
    assert (len(writing.writes()), writing.busy()) == (1, [])


def test_a_visit_written_there_is_moved_and_cancelled_there(writing: Channel):
    visit = writing.house.book(monday(10))
    writing.house.settle()

    writing.house.move(visit, monday(14))
    writing.house.settle()
    there = ExternalReference.objects.get(appointment=visit, gone_at=None).external_id
    assert writing.simulator.appointment(there)["start"] == writing.house.utc(monday(14))

    writing.house.cancel(visit)
    writing.house.settle()
    assert writing.simulator.appointment(there)["status"] == "cancelled"
    assert len(writing.writes()) == 3


def test_moved_here_a_visit_taken_there_is_moved_there_once(changing: Channel):
    there = changing.book_there(monday(10))

    changing.house.move(changing.visit(there), monday(14))
    changing.house.settle()

    moved = changing.simulator.appointment(there)
    assert (moved["start"], moved["duration"], moved["patient"]["last_name"]) == (changing.house.utc(monday(14)), 30, "Dupont")
    assert len(changing.writes()) == 1


def test_cancelled_here_a_visit_taken_there_is_cancelled_there_once(changing: Channel):
    there = changing.book_there(monday(10))

    changing.house.cancel(changing.visit(there))
    changing.house.settle()

    assert changing.simulator.appointment(there)["status"] == "cancelled"
    assert len(changing.writes()) == 1


def test_a_visit_cancelled_meanwhile_there_is_not_cancelled_again(changing: Channel):
    there = changing.book_there(monday(10))
    changing.simulator.order_fault("drop")
    changing.simulator.cancel(there)

    changing.house.cancel(changing.visit(there))
    changing.house.settle()

    assert (changing.writes(), OutboundChange.objects.get().state) == ([], "done")
