"""Visits of a file meet the platform's own ones when it is connected later: one visit each, in doubt two."""

import pytest

from agenda.models import Appointment, JournalEntry
from integrations.comparison.pulling import pull
from integrations.comparison.reconciliation import reconcile
from integrations.models import Connection, ExternalReference
from medidesk import clock
from tests.integrations.house import House, monday
from tests.integrations.imports.bringing import VISITS, imported, undone
from tests.integrations.simulators.processes import Running


@pytest.fixture
def booked(house, doctolib: Running) -> str:
    """Jean's visit on Doctolib, which is not connected yet."""
    Connection.objects.filter(platform="doctolib").delete()
    return house.book_there("doctolib", monday(10))


def bring_in(name: str = "Dupont", hour: str = "10h00", minutes: int = 30, born: str = "17/05/1980"):
    line = f"{name};Jean;{born};{monday(10):%d/%m/%Y};{hour};{minutes};Consultation\n"
    return imported("visits", VISITS + line, now=clock.now())


def connect_now(house: House, doctolib: Running) -> None:
    house.connections["doctolib"] = house.connect(doctolib)
    pull(house.connections["doctolib"], clock.now())
    house.settle()


def test_a_visit_of_a_file_is_the_platforms_own(house, doctolib, booked):
    bring_in()
    visit = Appointment.objects.get()

    connect_now(house, doctolib)

    assert list(Appointment.objects.values_list("id", "source", "lane")) == [(visit.id, "doctolib", "normal")]
    assert ExternalReference.objects.get(kind="visit").external_id == booked
    assert "recognised" in JournalEntry.objects.values_list("act", flat=True)
    assert house.writes("doctolib") == []
    assert reconcile(house.connections["doctolib"], clock.now()).drift == 0


def test_the_platforms_length_holds(house, doctolib, booked):
    bring_in(minutes=20)

    connect_now(house, doctolib)

    visit = Appointment.objects.get()
    assert (visit.start, visit.end, visit.visit_reason) == (monday(10), monday(10, 30), house.reason)
    assert reconcile(house.connections["doctolib"], clock.now()).drift == 0


@pytest.mark.parametrize("other", [{"name": "Durand"}, {"hour": "10h10"}, {"born": "18/05/1980"}])
def test_another_person_or_time_is_another_visit(house, doctolib, booked, other):
    bring_in(**other)

    connect_now(house, doctolib)

    assert sorted(Appointment.objects.values_list("source", flat=True)) == ["doctolib", "import"]


def test_what_the_platform_knows_stays_when_the_import_is_taken_back(house, doctolib, booked):
    run = bring_in()
    connect_now(house, doctolib)

    undone(run, now=clock.now())

    assert Appointment.objects.get().status == "confirmed"
