"""Visits that exchange their times, mirrored on one platform: each waits for the other's time, and both get there."""

import pytest

from agenda.scheduling import swap_appointments
from integrations.models import Connection, OutboundChange
from integrations.outgoing.draining import drain
from medidesk import clock
from tests.agenda.diary import make_patient
from tests.integrations.house import BASILE, monday


def exchange(one, other):
    """Basile exchanges two visits at the desk."""
    return swap_appointments(appointment_id=one.id, other_id=other.id, actor=BASILE, now=clock.now())


def shown(house, platform: str) -> dict[str, str]:
    """Where each person's standing visit is on the platform."""
    visits = house.simulators[platform].state()["appointments"]
    return {each["patient"]["first_name"]: each["start"] for each in visits if each["status"] == "confirmed"}


def unsettled() -> list[str]:
    return list(OutboundChange.objects.exclude(state="done").values_list("state", flat=True))


@pytest.fixture
def pair(house):
    """Nour at nine and Inès at ten, both written on both platforms."""
    Connection.objects.update(appointments_out=True)
    visits = house.book(monday(9)), house.book(monday(10), patient_id=make_patient(first_names="Inès", used_name="Roche").id)
    house.settle()
    return visits


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_two_visits_that_exchange_their_times_both_get_there(house, pair, platform):
    before = {each["id"] for each in house.simulators[platform].state()["appointments"]}

    exchange(*pair)
    house.settle()

    assert shown(house, platform) == {"Nour": house.utc(monday(10)), "Inès": house.utc(monday(9))}
    assert {each["id"] for each in house.simulators[platform].state()["appointments"]} == before
    assert unsettled() == []


def test_a_visit_taken_there_and_one_taken_by_telephone_exchange_their_times(house):
    there = house.book_there("doctolib", monday(9))
    house.settle()
    by_phone = house.book(monday(10))
    house.settle()

    exchange(house.visit("doctolib", there), by_phone)
    house.settle()

    assert shown(house, "doctolib") == {"Jean": house.utc(monday(10))}
    assert house.busy("doctolib") == [(monday(9), monday(9, 30))]
    assert unsettled() == []


def test_three_visits_in_a_ring_all_get_there(house, pair):
    nour, ines = pair
    third = house.book(monday(11), patient_id=make_patient(first_names="Omar", used_name="Roche").id)
    house.settle()

    exchange(nour, ines)
    exchange(nour, third)
    house.settle()

    wanted = {"Nour": house.utc(monday(11)), "Inès": house.utc(monday(9)), "Omar": house.utc(monday(10))}
    assert shown(house, "doctolib") == shown(house, "maiia") == wanted
    assert unsettled() == []


def test_a_visit_follows_one_that_moves_on(house, pair):
    nour, ines = pair

    house.move(ines, monday(11))
    house.move(nour, monday(10))
    OutboundChange.objects.filter(state="waiting", subject=ines.id).update(due=monday(9, weeks=2))
    house.settle()

    assert shown(house, "doctolib") == {"Nour": house.utc(monday(10)), "Inès": house.utc(monday(11))}
    assert unsettled() == []


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_an_exchange_whose_answer_is_lost_ends_where_it_should(house, pair, nth):
    house.simulators["doctolib"].order_fault("answer-lost", "PATCH", skip=nth)

    exchange(*pair)
    house.settle()
    house.due_now()
    house.settle()

    assert shown(house, "doctolib") == {"Nour": house.utc(monday(10)), "Inès": house.utc(monday(9))}
    assert unsettled() == []


def test_a_visit_that_is_not_ours_in_the_way_leaves_both_where_they_were(house, pair):
    exchange(*pair)
    house.book_there("doctolib", monday(9), force=True)
    house.simulators["doctolib"].reset_ledger()

    drain()

    assert shown(house, "doctolib") == {"Nour": house.utc(monday(9)), "Inès": house.utc(monday(10)), "Jean": house.utc(monday(9))}
    rows = OutboundChange.objects.filter(connection__platform="doctolib", subject__in=[visit.id for visit in pair], act="swapped")
    assert [row.state for row in rows] == ["blocked", "blocked"]


def test_where_the_other_is_given_up_nobody_stays_aside(house, pair):
    nour, _ines = pair
    house.simulators["doctolib"].order_fault("500", "PATCH", times=None, skip=1, match=house.utc(monday(10)))
    exchange(*pair)
    house.settle()
    aside = shown(house, "doctolib")
    assert aside["Inès"] not in (house.utc(monday(9)), house.utc(monday(10)))

    house.simulators["doctolib"].clear_faults()
    OutboundChange.objects.filter(subject=nour.id, state="waiting").update(state="dead")
    house.due_now()
    house.settle()

    assert shown(house, "doctolib") == {"Nour": house.utc(monday(9)), "Inès": house.utc(monday(10))}
    assert sorted(unsettled()) == ["blocked", "dead"]
    assert "échange" in OutboundChange.objects.get(state="blocked").detail


def test_late_news_of_the_time_aside_moves_nobody(house, pair):
    house.simulators["doctolib"].order_fault("omit", "webhook", times=None, fields=["version"])

    exchange(*pair)
    drain()
    house.settle()

    pair[0].refresh_from_db()
    pair[1].refresh_from_db()
    assert [visit.start for visit in pair] == [monday(10), monday(9)]
    assert shown(house, "doctolib") == {"Nour": house.utc(monday(10)), "Inès": house.utc(monday(9))}
