"""Drift is what the platform lists and the appointment does not say, whatever was noted of the listing."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment
from agenda.scheduling import change_status
from integrations.comparison.comparing import compare
from integrations.comparison.reconciliation import reconcile
from integrations.connections.connecting import map_reason
from integrations.incoming.references import remember
from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.speaking.calls import calling
from medidesk import clock
from tests.agenda.diary import make_reason
from tests.integrations.house import BASILE, monday

NOTHING = {"complete": True, "drift": 0, "repaired": 0, "held": 0, "conflicts": 0}


def figures(platform: str = "doctolib") -> dict:
    found = reconcile(Connection.objects.get(platform=platform), clock.now()).as_json()
    found.pop("connection")
    return found


def believe(house, there: str) -> None:
    """What the platform shows of the visit is noted, and nothing done about it."""
    with calling(house.connections["doctolib"]) as connector:
        remember(ExternalReference.objects.get(external_id=there), connector.visit(there), None, clock.now())


@pytest.fixture
def there(house) -> str:
    """Jean's visit at ten, known here; from now on no webhook comes."""
    booked = house.book_there("doctolib", monday(10))
    house.settle()
    house.simulators["doctolib"].order_fault("drop", times=None)
    return booked


def test_a_visit_noted_elsewhere_than_it_stands_here_follows_the_platform(house, there):
    house.simulators["doctolib"].move(there, monday(15).isoformat())
    believe(house, there)

    assert figures() == NOTHING | {"drift": 1, "repaired": 1}
    assert house.visit("doctolib", there).start == monday(15)
    assert figures() == NOTHING


def test_a_move_made_here_and_lost_on_its_way_is_told(house, there):
    house.move(house.visit("doctolib", there), monday(14))
    OutboundChange.objects.all().delete()

    assert figures() == NOTHING | {"drift": 1, "repaired": 1}
    house.settle()
    assert house.simulators["doctolib"].appointment(there)["start"] == house.utc(monday(14))


def test_a_cancellation_made_here_and_lost_on_its_way_is_told(house, there):
    house.cancel(house.visit("doctolib", there))
    OutboundChange.objects.all().delete()

    assert figures() == NOTHING | {"drift": 1, "repaired": 1}
    house.settle()
    assert house.simulators["doctolib"].appointment(there)["status"] == "cancelled"


def test_what_may_not_be_told_is_shown(house, there):
    Connection.objects.filter(platform="doctolib").update(mode="in")
    house.move(house.visit("doctolib", there), monday(14))

    assert figures() == NOTHING | {"drift": 1}
    assert Connection.objects.get(platform="doctolib").last_drift == 1
    assert house.simulators["doctolib"].appointment(there)["start"] == house.utc(monday(10))


def test_a_cancellation_given_up_is_shown_and_not_tried_again(house, there):
    house.cancel(house.visit("doctolib", there))
    OutboundChange.objects.update(state="dead")

    assert figures() == NOTHING | {"drift": 1}
    assert not OutboundChange.objects.filter(state="waiting").exists()


def test_a_reason_that_was_never_taken_over_is(house, there):
    Appointment.objects.update(visit_reason=None)

    assert figures() == NOTHING | {"drift": 1, "repaired": 1}
    assert house.visit("doctolib", there).visit_reason == house.reason


def test_a_reason_chosen_here_is_no_drift(house, there):
    other = make_reason(house.alma, name="Autre")
    house.move(house.visit("doctolib", there), monday(10), visit_reason_id=other.id)
    house.settle()

    assert figures() == NOTHING
    assert house.visit("doctolib", there).visit_reason == other


def test_a_missed_visit_noted_and_never_marked_is_marked(house, there):
    house.simulators["doctolib"].mark(there, "no_show")
    believe(house, there)

    assert figures() == NOTHING | {"drift": 1, "repaired": 1}
    assert house.visit("doctolib", there).status == "no_show"


def test_a_missed_visit_that_was_undone_here_stays_undone(house, there):
    house.simulators["doctolib"].mark(there, "no_show")
    figures()
    change_status(appointment_id=house.visit("doctolib", there).id, status="confirmed", actor=BASILE, now=clock.now())

    assert figures() == NOTHING
    assert house.visit("doctolib", there).status == "confirmed"


def test_a_reason_changed_there_changes_here(house, there):
    other = make_reason(house.alma, name="Autre")
    map_reason(house.connections["doctolib"], other.id, "mot_2")
    house.simulators["doctolib"].clear_faults()
    visit = house.simulators["doctolib"].appointment(there)
    house.simulators["doctolib"].preload([visit | {"motive": "mot_2", "version": visit["version"] + 1}])

    figures()

    assert house.visit("doctolib", there).visit_reason == other


def test_thirty_visits_cost_no_more_queries_than_three(house):
    def counted() -> int:
        connection = Connection.objects.get(platform="doctolib")
        with calling(connection) as connector:
            listed = connector.window(monday(0), monday(23), "pra_001").visits
        with CaptureQueriesContext(database) as queries:
            compare(connection, listed, clock.now(), told=True)
        return len(queries)

    for quarter in range(3):
        house.book_there("doctolib", monday(8, 10 * quarter), duration=10)
    house.settle()
    few = counted()
    for quarter in range(27):
        house.book_there("doctolib", monday(9 + quarter // 6, 10 * (quarter % 6)), duration=10)
    house.settle()

    assert counted() == few
