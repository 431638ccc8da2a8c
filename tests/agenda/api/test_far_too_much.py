"""Dates out of the calendar, windows of a lifetime, somebody of another cabinet: answered at once."""

import pytest

from tests.agenda.diary import make_practitioner, make_site
from tests.partners import flaws


@pytest.mark.parametrize(
    ("path", "status", "pointer"),
    [
        ("slots?visit_reason={reason}&from=10000-01-01&to=10000-01-02", 400, "/from"),
        ("slots?visit_reason={reason}&from=9999-12-30&to=9999-12-31", 422, "/from"),
        ("slots?visit_reason={reason}&from=2026-03-02&to=2076-03-02", 422, "/to"),
        ("slots/next?visit_reason={reason}&from=10000-01-01", 400, "/from"),
        ("slots/explain?visit_reason={reason}&practitioner={alma}&start=10000-01-01T09:00:00Z", 400, "/start"),
        ("slots/explain?visit_reason={reason}&practitioner={alma}&start=9999-12-31T23:59:59Z", 422, "/start"),
        ("slots/explain?visit_reason={reason}&practitioner={alma}&start=9999-12-31T23:59:59-14:00", 422, "/start"),
    ],
)
def test_dates_out_of_the_calendar(partner, diary, path, status, pointer):
    response = partner.get(path.format(reason=diary.reason.id, alma=diary.alma.id))

    assert (response.status_code, flaws(response)[0][0]) == (status, pointer)


@pytest.mark.parametrize("year", [1900, 2998])
def test_the_ends_of_the_calendar_are_answered(partner, diary, year):
    query = f"visit_reason={diary.reason.id}&from={year}-01-01"

    assert partner.get(f"slots?{query}&to={year}-03-01").status_code == 200
    assert partner.get(f"slots/next?{query}").status_code == 200
    explained = partner.get(f"slots/explain?visit_reason={diary.reason.id}&practitioner={diary.alma.id}&start={year}-01-01T09:00:00Z")
    assert explained.status_code == 200


def test_a_horizon_of_fifty_years_is_refused(partner, diary):
    response = partner.patch(f"visit-reasons/{diary.reason.id}", {"horizon_days": 18_250}, 1)

    assert (response.status_code, flaws(response)) == (422, [("/horizon_days", "out-of-bounds")])


def test_booking_with_nobody_who_offers_the_reason(partner, diary):
    reason = partner.post("visit-reasons", {"name": "Orpheline", "duration_minutes": 30}).json()
    body = {"practitioner": None, "visit_reason": reason["id"], "start": "2026-03-02T09:00:00+01:00", "patient": str(diary.nour.id)}

    response = partner.post("appointments", body)

    assert (response.status_code, response.json()["code"]) == (422, "reason-not-offered")


def test_a_practitioner_of_another_cabinet_is_as_unknown_as_none(partner, diary, other_cabinet):
    with other_cabinet:
        elsewhere = make_practitioner(make_site(), first_name="Chloé")
    query = f"visit_reason={diary.reason.id}&practitioner={elsewhere.id}"

    answers = [
        partner.get(f"slots?{query}&from=2026-03-02&to=2026-03-03"),
        partner.get(f"slots/next?{query}&from=2026-03-02"),
        partner.get(f"slots/explain?{query}&start=2026-03-02T09:00:00Z"),
        partner.get(f"slots/bulk?{query}&from=2026-03-02&to=2026-03-03"),
    ]

    assert [(one.status_code, flaws(one)) for one in answers] == [(422, [("/practitioner", "unknown-reference")])] * 4
    assert partner.get(f"practitioners/{elsewhere.id}").status_code == 404
