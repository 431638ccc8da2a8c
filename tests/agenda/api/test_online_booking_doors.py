"""May this patient book online? Over REST; and the rule behind it."""

import pytest

from tests.agenda.diary import MONDAY, NOW, at
from tests.agenda.missed import miss_times, switch_on
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

OPEN = {"open": True, "until": None, "step": None, "missed": 0, "contested": False}
CLOSED = {"open": False, "until": "2026-05-24T00:00:00+02:00", "step": "close", "missed": 3, "contested": False}


@pytest.fixture
def missed(diary):
    """Nour has missed three visits."""
    switch_on()
    miss_times(diary, 3)


def standing(partner, diary):
    return partner.get(f"patients/{diary.nour.id}/online-booking").json()


def test_somebody_who_comes_is_open(partner, diary):
    assert standing(partner, diary) == OPEN


def test_a_closing_is_shown_with_its_end(partner, diary, missed):
    assert standing(partner, diary) == CLOSED


def test_the_milder_step_leaves_booking_open(partner, diary):
    switch_on()
    miss_times(diary, 2)

    assert standing(partner, diary) == OPEN | {"until": "2026-03-25T00:00:00+01:00", "step": "validate", "missed": 2}


def test_a_key_of_the_cabinet_reopens(staff, diary, missed):
    answer = staff.post(f"patients/{diary.nour.id}/online-booking/lifting", {"reason": "Erreur"})

    assert (answer.status_code, answer.json()) == (201, OPEN | {"missed": 3})
    assert standing(staff, diary) == OPEN | {"missed": 3}


def test_another_key_does_not(partner, diary, missed):
    answer = partner.post(f"patients/{diary.nour.id}/online-booking/lifting", {"reason": "Erreur"})

    assert (answer.status_code, answer.json()["code"]) == (403, "staff-key-needed")


def test_nothing_to_reopen_is_409(staff, diary):
    answer = staff.post(f"patients/{diary.nour.id}/online-booking/lifting", {"reason": "Erreur"})

    assert (answer.status_code, answer.json()["code"]) == (409, "online-booking-open")


def test_reopening_needs_a_reason(staff, diary, missed):
    answer = staff.post(f"patients/{diary.nour.id}/online-booking/lifting", {})

    assert (answer.status_code, flaws(answer)) == (422, [("/reason", "required")])


def test_somebody_unknown_is_404(partner, staff, diary):
    address = f"patients/{diary.alma.id}/online-booking"

    assert (partner.get(address).status_code, staff.post(f"{address}/lifting", {"reason": "x"}).status_code) == (404, 404)


def test_a_key_without_the_scope_is_403(diary):
    assert Partner(TOURCOING, "agenda:read").get(f"patients/{diary.nour.id}/online-booking").status_code == 403


def test_the_rule_is_read_and_changed(partner, diary):
    rule = partner.get("booking-policy")
    steps = [{"missed": 1, "act": "close", "days": 10}]
    changed = partner.patch("booking-policy", {"is_on": True, "steps": steps}, 1)

    assert (rule["ETag"], rule.json()["is_on"], rule.json()["window_days"], len(rule.json()["steps"])) == ('"1"', False, 365, 3)
    assert (changed.status_code, changed["ETag"], changed.json()["steps"], changed.json()["is_on"]) == (200, '"2"', steps, True)


def test_an_impossible_rule_points_at_its_flaw(partner, diary):
    steps = [{"missed": 3, "act": "close", "days": 10}, {"missed": 2, "act": "close", "days": 10}]
    answer = partner.patch("booking-policy", {"steps": steps}, 1)

    assert (answer.status_code, flaws(answer)) == (422, [("/steps/1/missed", "not-ascending")])


def test_a_stale_rule_is_412(partner, diary):
    assert partner.patch("booking-policy", {"window_days": 90}, 7).status_code == 412


def test_a_closed_patient_is_refused_and_the_cabinet_warned(partner, staff, diary, missed):
    body = {
        "visit_reason": str(diary.reason.id),
        "start": at(9).isoformat(),
        "patient": str(diary.nour.id),
        "practitioner": str(diary.alma.id),
    }
    refused = partner.post("appointments", body)
    booked = staff.post("appointments", body)

    assert (refused.status_code, refused.json()["code"]) == (422, "online-booking-closed")
    assert (booked.status_code, [one["code"] for one in booked.json()["warnings"]]) == (201, ["online-booking-closed"])


def test_nothing_is_listed_for_a_closed_patient(partner, diary, missed):
    query = f"visit_reason={diary.reason.id}&from={NOW.date()}&to=2026-03-09&patient={diary.nour.id}"
    listed = partner.get(f"slots?{query}").json()
    why = partner.get(f"slots/explain?{query}&practitioner={diary.alma.id}&start={at(9, day=MONDAY).isoformat()}".replace("+", "%2B"))

    assert [one["slots"] for one in listed["practitioners"]] == [[]]
    assert [one["code"] for one in why.json()["refusals"]] == ["online-booking-closed"]
