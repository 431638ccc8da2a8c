"""A time that goes to one who waited is closed, moved and opened on the platforms as any other."""

import pytest

from agenda.scheduling import cancel_appointment
from agenda.waiting_list.answering import accept
from agenda.waiting_list.joining import join
from agenda.waiting_list.offering import offer_to
from medidesk import clock
from tests.integrations.house import BASILE, monday


def offered_at(house, patient_id, start, **wish):
    """This one waits, and is offered that time."""
    entry = join(patient_id=patient_id, actor=BASILE, source="phone", now=clock.now(), **wish)
    return offer_to(entry_id=entry.id, practitioner_id=house.alma.id, start=start, actor=BASILE, now=clock.now(), channel="phone")


def test_yes_keeps_the_time_closed_on_both_without_another_write(house):
    cancel_appointment(appointment_id=house.book(monday(10)).id, by="patient", reason="", actor=BASILE, now=clock.now())
    offer = offered_at(house, house.nour.id, monday(10), visit_reason_id=house.reason.id)
    house.settle()
    written = {name: house.writes(name) for name in ("doctolib", "maiia")}

    accept(offer.id, now=clock.now())
    house.settle()

    assert house.busy("doctolib") == house.busy("maiia") == [(monday(10), monday(10, 30))]
    assert {name: house.writes(name) for name in ("doctolib", "maiia")} == written


def test_an_earlier_time_for_a_visit_of_ours_opens_the_old_one(house):
    visit = house.book(monday(15))
    offer = offered_at(house, house.nour.id, monday(10), appointment_id=visit.id)
    house.settle()

    accept(offer.id, now=clock.now())
    house.settle()

    assert house.busy("doctolib") == house.busy("maiia") == [(monday(10), monday(10, 30))]


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_an_earlier_time_for_a_visit_of_the_platform_is_written_there(house, platform):
    there = house.book_there(platform, monday(15))
    house.settle()
    visit = house.visit(platform, there)
    offer = offered_at(house, visit.patient_id, monday(10), appointment_id=visit.id)
    house.settle()

    accept(offer.id, now=clock.now())
    house.settle()

    assert house.simulators[platform].appointment(there)["start"].startswith(house.utc(monday(10))[:16])
    assert house.busy(platform) == []
