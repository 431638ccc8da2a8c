"""A visit that moved there unheard and comes back under another id is the same visit, not a second one; in doubt nothing is merged."""

import pytest

from agenda.models import Appointment
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.connections.health import tasks
from integrations.models import Connection, ExternalReference, FieldConflict
from medidesk import clock
from tests.integrations.house import JEAN, monday

HERE = ("start", "status")


def compare(house) -> dict:
    found = reconcile(Connection.objects.get(platform="doctolib"), clock.now()).as_json()
    found.pop("connection")
    return found


def read(house) -> None:
    pull(Connection.objects.get(platform="doctolib"), clock.now())


def forget_and_show(house, *shown: tuple[str, object]) -> None:
    """The platform knows no old id any more, and shows these visits of Jean under new ones."""
    simulator = house.simulators["doctolib"]
    simulator.reset()
    visits = [
        {"id": new, "practitioner": "pra_001", "motive": "mot_1", "start": start.isoformat(), "duration": 30, "patient": JEAN}
        for new, start in shown
    ]
    simulator.preload(visits)


@pytest.fixture
def jean(house) -> str:
    """Jean's visit at ten, known here; from now on no webhook comes."""
    there = house.book_there("doctolib", monday(10))
    house.settle()
    house.simulators["doctolib"].order_fault("drop", times=None)
    return there


@pytest.mark.parametrize("how", [compare, read])
def test_a_move_seen_under_a_new_id_moves_the_visit(house, jean, how):
    visit = house.visit("doctolib", jean)
    house.simulators["doctolib"].move(jean, monday(15).isoformat())
    house.simulators["doctolib"].order_fault("rewrite-ids", "GET /appointments")

    how(house)

    assert list(Appointment.objects.values_list("id", *HERE)) == [(visit.id, monday(15), "confirmed")]
    assert ExternalReference.objects.standing().get(appointment=visit, kind="visit").external_id != jean
    assert compare(house)["drift"] == 0


def test_a_visit_whose_old_id_is_forgotten_is_known_by_its_person_and_reason(house, jean):
    visit = house.visit("doctolib", jean)
    forget_and_show(house, ("apt_new", monday(15)))

    compare(house)

    assert list(Appointment.objects.values_list("id", *HERE)) == [(visit.id, monday(15), "confirmed")]


def test_where_two_could_be_meant_nothing_is_merged_and_somebody_is_told(house, jean):
    house.book_there("doctolib", monday(11))
    house.simulators["doctolib"].clear_faults()
    compare(house)
    before = set(Appointment.objects.values_list("id", flat=True))
    forget_and_show(house, ("apt_new", monday(15)), ("apt_newer", monday(16)))

    compare(house)

    assert list(Appointment.objects.filter(pk__in=before).values_list("status", flat=True)) == ["cancelled", "cancelled"]
    new = Appointment.objects.exclude(pk__in=before).order_by("start")
    assert list(new.values_list(*HERE)) == [(monday(15), "confirmed"), (monday(16), "confirmed")]
    assert [task.kind for task in tasks(clock.now())].count("visit-replaced") == 2
    assert sorted(FieldConflict.objects.values_list("kind", "decided")) == [("identity", "theirs"), ("identity", "theirs")]


def test_two_visits_of_one_person_stay_two(house, jean):
    house.book_there("doctolib", monday(15))

    compare(house)

    assert list(Appointment.objects.order_by("start").values_list(*HERE)) == [(monday(10), "confirmed"), (monday(15), "confirmed")]
    assert not FieldConflict.objects.exists()


def test_what_the_cabinet_created_there_is_known_by_its_own_reference(house):
    Connection.objects.update(appointments_out=True)
    visit = house.book(monday(10))
    house.settle()
    simulator = house.simulators["doctolib"]
    simulator.order_fault("drop", times=None)
    simulator.move(simulator.state()["appointments"][0]["id"], monday(15).isoformat())
    simulator.order_fault("rewrite-ids", "GET /appointments")

    compare(house)
    house.settle()

    assert list(Appointment.objects.values_list("id", *HERE)) == [(visit.id, monday(15), "confirmed")]
    assert [each["start"] for each in simulator.state()["appointments"]] == [house.utc(monday(15))]


def test_a_second_visit_made_by_an_event_under_the_new_id_goes_again(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()
    house.simulators["doctolib"].order_fault("rewrite-ids", "webhook")
    house.simulators["doctolib"].move(there, monday(15).isoformat())
    house.settle()

    compare(house)
    house.settle()

    assert list(Appointment.objects.exclude(status="cancelled").values_list(*HERE)) == [(monday(15), "confirmed")]
    assert house.busy("maiia") == [(monday(15), monday(15, 30))]
    assert compare(house)["drift"] == 0
