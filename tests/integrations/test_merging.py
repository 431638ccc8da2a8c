"""Both sides changed one visit: a cancellation wins, then its owner; what lost stays visible."""

from agenda.models import Appointment, JournalEntry
from agenda.scheduling import change_status
from integrations.models import Connection, FieldConflict
from medidesk import clock
from tests.integrations.house import BASILE, monday


def test_moved_on_both_sides_the_platform_wins_its_own_visit(house):
    there = _booked(house)
    house.move(house.visit("doctolib", there), monday(14))
    house.simulators["doctolib"].move(there, monday(15).isoformat())

    house.settle()

    assert house.visit("doctolib", there).start == monday(15)
    assert house.simulators["doctolib"].appointment(there)["version"] == 2
    assert house.writes("doctolib") == []
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("moved", "theirs")]
    assert JournalEntry.objects.filter(act="conflict").count() == 1


def test_moved_on_both_sides_the_cabinet_wins_what_it_created(house):
    Connection.objects.filter(platform="doctolib").update(appointments_out=True)
    visit = house.book(monday(10))
    house.settle()
    there = house.simulators["doctolib"].state()["appointments"][0]["id"]
    house.move(visit, monday(14))
    house.simulators["doctolib"].move(there, monday(15).isoformat())

    house.settle()

    visit.refresh_from_db()
    assert visit.start == monday(14)
    assert house.simulators["doctolib"].appointment(there)["start"] == house.utc(monday(14))
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("moved", "ours")]


def test_moved_on_the_platform_alone_moves_what_the_cabinet_created(house):
    Connection.objects.filter(platform="doctolib").update(appointments_out=True)
    visit = house.book(monday(10))
    house.settle()
    there = house.simulators["doctolib"].state()["appointments"][0]["id"]

    house.simulators["doctolib"].move(there, monday(15).isoformat())
    house.settle()

    visit.refresh_from_db()
    assert visit.start == monday(15)
    assert not FieldConflict.objects.exists()


def test_cancelled_here_wins_over_a_move_there(house):
    there = _booked(house)
    house.cancel(house.visit("doctolib", there))
    house.simulators["doctolib"].move(there, monday(15).isoformat())

    house.settle()

    assert house.simulators["doctolib"].appointment(there)["status"] == "cancelled"
    assert [visit.status for visit in Appointment.objects.all()] == ["cancelled"]
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("moved", "ours")]


def test_cancelled_there_wins_over_a_move_here(house):
    there = _booked(house)
    house.move(house.visit("doctolib", there), monday(14))
    house.simulators["doctolib"].cancel(there)

    house.settle()

    assert house.visit("doctolib", there).status == "cancelled"
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("cancelled", "theirs")]
    assert (house.busy("doctolib"), house.busy("maiia")) == ([], [])


def test_cancelled_there_after_arrival_stays_and_is_shown(house):
    there = _booked(house)
    visit = house.visit("doctolib", there)
    change_status(appointment_id=visit.id, status="arrived", actor=BASILE, now=clock.now())

    house.simulators["doctolib"].cancel(there)
    house.settle()

    assert house.visit("doctolib", there).status == "arrived"
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("cancelled", "ours")]


def test_no_show_said_here_is_not_overruled_by_done_there(house):
    there = _booked(house)
    change_status(appointment_id=house.visit("doctolib", there).id, status="no_show", actor=BASILE, now=clock.now())

    house.simulators["doctolib"].mark(there, "done")
    house.settle()

    assert house.visit("doctolib", there).status == "no_show"
    assert list(FieldConflict.objects.values_list("kind", "decided")) == [("status", "ours")]


def test_status_is_written_back_only_by_its_flow(house):
    there = _booked(house)
    visit = house.visit("doctolib", there)
    change_status(appointment_id=visit.id, status="arrived", actor=BASILE, now=clock.now())
    change_status(appointment_id=visit.id, status="completed", actor=BASILE, now=clock.now())
    house.settle()
    assert house.writes("doctolib") == []

    Connection.objects.update(status_out=True)
    change_status(appointment_id=visit.id, status="arrived", actor=BASILE, now=clock.now())
    change_status(appointment_id=visit.id, status="completed", actor=BASILE, now=clock.now())
    house.settle()

    assert house.simulators["doctolib"].appointment(there)["status"] == "done"
    assert len(house.writes("doctolib")) == 1


def test_a_name_corrected_there_changes_the_patient_here(house):
    there = _booked(house)
    before = house.visit("doctolib", there).patient

    house.hear_update("doctolib", there, patient={"first_name": "Jeanne", "last_name": "Dupont"})
    house.settle()

    after = house.visit("doctolib", there).patient
    assert (after.first_names, after.id == before.id) == ("Jeanne", False)


def test_a_name_in_capitals_changes_nothing(house):
    there = _booked(house)
    before = house.visit("doctolib", there).patient

    house.hear_update("doctolib", there, patient={"first_name": "JEAN", "last_name": " DUPONT"})
    house.settle()

    assert house.visit("doctolib", there).patient == before


def _booked(house) -> str:
    there = house.book_there("doctolib", monday(10))
    house.settle()
    return there
