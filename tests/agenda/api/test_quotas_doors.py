"""Quotas over REST, and reasons that avoid holes."""

from typing import Any

import pytest

from tests.partners import flaws

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def body(diary) -> dict[str, Any]:
    """Two of the six morning slots kept from the web."""
    return {
        "practitioner": str(diary.alma.id), "site": None, "weekday": 0, "start": "09:00", "end": "12:00", "visit_reasons": [],
        "channels": ["partner", "website"], "most_visits": 4, "release": {"days_before": 1, "at": "08:00"},
        "valid_from": "2026-03-01", "valid_until": None,
    }  # fmt: skip


def test_a_quota_is_created_read_changed_and_deleted(partner, body):
    created = partner.post("quotas", body)
    path = f"quotas/{created.json()['id']}"
    assert (created.status_code, created["ETag"], created["Location"]) == (201, '"1"', f"/api/v1/{path}")
    assert {name: created.json()[name] for name in body} == body

    changed = partner.patch(path, {"most_visits": 0, "release": None}, 1)
    assert (changed["ETag"], changed.json()["most_visits"], changed.json()["release"]) == ('"2"', 0, None)
    assert partner.get("quotas").json()["results"] == [partner.get(path).json()]
    assert partner.delete(path, 2).status_code == 204
    assert partner.get(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "flaw"),
    [
        ({"most_visits": -1}, 422, ("/most_visits", "out-of-bounds")),
        ({"most_visits": None}, 400, ("/most_visits", "wrong-type")),
        ({"channels": []}, 422, ("/channels", "required")),
        ({"channels": ["fax"]}, 422, ("/channels/0", "not-a-choice")),
        ({"weekday": 7}, 422, ("/weekday", "out-of-bounds")),
        ({"end": "09:00"}, 422, ("/end", "ends-before-start")),
        ({"valid_until": "2026-02-01"}, 422, ("/valid_until", "ends-before-start")),
        ({"release": {"days_before": 366, "at": "08:00"}}, 422, ("/release/days_before", "out-of-bounds")),
        ({"practitioner": UNKNOWN}, 422, ("/practitioner", "unknown-reference")),
        ({"site": UNKNOWN}, 422, ("/site", "unknown-reference")),
        ({"visit_reasons": [UNKNOWN]}, 422, ("/visit_reasons/0", "unknown-reference")),
        ({"start": "9 h"}, 400, ("/start", "wrong-type")),
    ],
)
def test_what_cannot_be_is_refused(partner, body, changes, status, flaw):
    response = partner.post("quotas", body | changes)

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_a_quota_is_seen_by_the_very_next_slots(partner, diary, body):
    query = f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to=2026-03-03"
    before = partner.get(query).json()["practitioners"][0]["slots"]

    partner.post("quotas", body | {"most_visits": 0, "release": None})

    assert (len(before), partner.get(query).json()["practitioners"][0]["slots"]) == (6, [])


def test_booking_over_a_spent_quota_is_422_with_the_rule_s_code(partner, diary, body):
    partner.post("quotas", body | {"most_visits": 0, "release": None})

    response = partner.post(
        "appointments",
        {
            "practitioner": str(diary.alma.id), "visit_reason": str(diary.reason.id), "start": "2026-03-02T09:00:00+01:00",
            "patient": str(diary.nour.id),
        },
    )  # fmt: skip

    assert (response.status_code, response.json()["code"]) == (422, "channel-closed")


def test_a_reason_that_a_quota_names_stays(partner, diary, body):
    partner.post("quotas", body | {"visit_reasons": [str(diary.reason.id)]})

    assert partner.delete(f"visit-reasons/{diary.reason.id}", 1).status_code == 409


def test_a_reason_may_avoid_holes(partner, diary):
    changed = partner.patch(f"visit-reasons/{diary.reason.id}", {"avoid_holes": True, "grid_minutes": 10}, 1)
    assert changed.json()["avoid_holes"] is True

    query = f"slots/explain?visit_reason={diary.reason.id}&practitioner={diary.alma.id}&start=2026-03-02T09:10:00%2B01:00"
    assert [one["code"] for one in partner.get(query).json()["refusals"]] == ["would-leave-a-hole"]
