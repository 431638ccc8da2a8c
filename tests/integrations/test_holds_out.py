"""A hold closes its time elsewhere; booked, the closed time becomes the visit's without another write."""

from datetime import timedelta

from agenda.actors import Actor
from agenda.scheduling import book_appointment, expire_holds, hold_slot, release_hold
from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.outgoing import outbox
from integrations.outgoing.delivering import Delivery
from integrations.speaking.calls import calling
from medidesk import clock
from tests.integrations.house import monday


def hold(house):
    return hold_slot(
        visit_reason_id=house.reason.id,
        start=monday(10),
        actor=Actor.patient(),
        source="website",
        now=clock.now(),
        practitioner_id=house.alma.id,
    )


def book(house, held):
    who = {"actor": Actor.patient(), "source": "website", "patient_id": house.nour.id, "now": clock.now()}
    return book_appointment(hold_id=held.id, **who).appointment


def test_a_hold_closes_its_time_and_released_opens_it(house):
    held = hold(house)
    house.settle()
    assert house.busy("doctolib") == house.busy("maiia") == [(monday(10), monday(10, 30))]

    release_hold(hold_id=held.id, actor=Actor.patient(), now=clock.now())
    house.settle()

    assert house.busy("doctolib") == house.busy("maiia") == []


def test_a_hold_that_expires_opens_its_time(house):
    hold(house)
    house.settle()

    expire_holds(now=clock.now() + timedelta(minutes=16))
    house.settle()

    assert house.busy("doctolib") == []


def test_a_booked_hold_costs_one_write_in_all(house):
    held = hold(house)
    house.settle()

    visit = book(house, held)
    house.settle()

    assert house.writes("doctolib") == ["POST /busy"]
    assert ExternalReference.objects.get(connection__platform="doctolib").appointment == visit


def test_a_hold_booked_before_it_was_told_costs_one_write(house):
    visit = book(house, hold(house))

    house.settle()

    assert house.writes("maiia") == ["POST /time-blocks"]
    assert ExternalReference.objects.get(connection__platform="maiia").appointment == visit


def test_a_hold_booked_while_its_answer_is_lost_is_found_there(house):
    house.simulators["maiia"].order_fault("answer-lost", "POST")
    held = hold(house)
    house.settle()

    book(house, held)
    house.due_now()
    house.settle()

    assert house.writes("maiia") == ["POST /time-blocks"]
    assert house.busy("maiia") == [(monday(10), monday(10, 30))]


def test_a_hold_booked_while_it_is_being_told_is_the_visits(house):
    held = hold(house)
    connection = Connection.objects.get(platform="doctolib")
    change = outbox.claim(clock.now(), [Connection.objects.get(platform="maiia").id])

    visit = book(house, held)
    with calling(connection) as connector:
        Delivery(change, connector).run()

    assert ExternalReference.objects.get(connection=connection).appointment == visit


def test_with_visits_going_out_the_hold_gives_way_to_the_visit(house):
    Connection.objects.filter(platform="doctolib").update(appointments_out=True)
    held = hold(house)
    house.settle()

    visit = book(house, held)
    house.settle()

    assert house.busy("doctolib") == []
    assert [each["client_reference"] for each in house.simulators["doctolib"].state()["appointments"]] == [str(visit.id)]
    assert not OutboundChange.objects.exclude(state="done").exists()
