"""Keeping a slot over REST."""

import pytest
import time_machine

from agenda.models import Appointment
from tests.agenda.diary import NOW, at
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

SUNDAY = NOW.date()


def held(partner: Partner, diary, hour: int = 9, **values: object):
    """Ask for a hold on Monday."""
    body = {"practitioner": str(diary.alma.id), "visit_reason": str(diary.reason.id), "start": at(hour).isoformat(), **values}
    return partner.post("holds", body)


def test_a_hold_keeps_the_time_until_it_expires(partner, diary):
    response = held(partner, diary)

    assert (response.status_code, response.json()["expires_at"]) == (201, "2026-03-01T12:15:00+01:00")
    assert held(partner, diary).json()["code"] == "slot-taken"
    with time_machine.travel(at(12, 15, SUNDAY), tick=False):
        assert held(partner, diary).status_code == 201


def test_a_released_hold_is_204_then_404(partner, diary):
    path = f"holds/{held(partner, diary).json()['id']}"

    assert [partner.delete(path).status_code for _ in range(2)] == [204, 404]
    assert held(partner, diary).status_code == 201


def test_somebody_else_s_hold_is_not_found(partner, diary):
    path = f"holds/{held(partner, diary).json()['id']}"

    assert Partner(TOURCOING, name="Autre").delete(path).status_code == 404


@pytest.mark.parametrize("minutes", [0, 61])
def test_a_hold_is_an_hour_at_most(partner, diary, minutes):
    assert flaws(held(partner, diary, minutes=minutes)) == [("/minutes", "out-of-bounds")]


def test_a_rule_refuses_a_hold(partner, diary):
    response = held(partner, diary, 8)

    assert (response.status_code, response.json()["code"]) == (422, "outside-opening-hours")


def test_booking_consumes_the_hold(partner, diary):
    hold = held(partner, diary, practitioner=None).json()["id"]

    made = partner.post("appointments", {"hold": hold, "patient": str(diary.nour.id)})
    again = partner.post("appointments", {"hold": hold, "patient": str(diary.nour.id)})

    assert (made.status_code, made.json()["start"]) == (201, "2026-03-02T09:00:00+01:00")
    assert (again.status_code, again.json()["code"], Appointment.objects.count()) == (409, "hold-gone", 1)


def test_what_is_asked_must_match_what_is_held(partner, diary):
    hold = held(partner, diary).json()["id"]

    response = partner.post("appointments", {"hold": hold, "patient": str(diary.nour.id), "start": at(10).isoformat()})

    assert (response.status_code, flaws(response)) == (422, [("/start", "hold-mismatch")])
