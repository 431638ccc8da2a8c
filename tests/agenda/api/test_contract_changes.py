"""Moves, cancellations, statuses and the journal, sentence by sentence of the REST contract."""

from datetime import date

import pytest

from tests.agenda.api.visits import UNKNOWN, booked, wish
from tests.agenda.diary import at, make_hours, make_practitioner, make_reason


@pytest.mark.parametrize("status", ["arrived", "in_consultation", "completed", "no_show"])
def test_everything_but_cancelled_and_no_show_occupies_its_time(partner, diary, status):
    path = f"appointments/{booked(partner, diary)['id']}/status"
    for step in {"in_consultation": ["arrived"], "completed": ["arrived"]}.get(status, []):
        partner.post(path, {"status": step})
    assert partner.post(path, {"status": status}).status_code == 201

    assert partner.post("appointments", wish(diary)).status_code == (201 if status == "no_show" else 409)


@pytest.mark.parametrize("status", ["requested", "confirmed", "arrived", "in_consultation", "completed", "no_show", "cancelled"])
def test_a_cancelled_visit_has_no_further_status(partner, diary, status):
    made = booked(partner, diary)
    partner.post(f"appointments/{made['id']}/cancellation", {"by": "patient"})

    response = partner.post(f"appointments/{made['id']}/status", {"status": status})

    assert (response.status_code, response.json()["code"]) == (409, "status-not-allowed")


FORWARD = {
    "requested": {"confirmed"}, "confirmed": {"arrived", "no_show"}, "arrived": {"in_consultation", "completed"},
    "in_consultation": {"completed"}, "completed": set(), "no_show": set(),
}  # fmt: skip


@pytest.mark.parametrize(
    "way", [["arrived"], ["no_show"], ["arrived", "in_consultation"], ["arrived", "completed"], ["arrived", "in_consultation", "completed"]]
)
def test_statuses_move_as_the_contract_says_and_back_one_step(partner, diary, way):
    path = f"appointments/{booked(partner, diary)['id']}/status"
    for step in way:
        assert partner.post(path, {"status": step}).status_code == 201
    before = ["confirmed", *way][-2]

    for other in set(FORWARD) - FORWARD[way[-1]] - {before}:
        response = partner.post(path, {"status": other})
        assert (other, response.status_code, response.json()["code"]) == (other, 409, "status-not-allowed")
    assert partner.post(path, {"status": before}).json()["status"] == before


def test_a_request_is_confirmed_and_may_be_a_request_again(partner, diary):
    diary.reason.needs_validation = True
    diary.reason.save()
    made = booked(partner, diary)
    path = f"appointments/{made['id']}/status"

    answers = [partner.post(path, {"status": status}) for status in ("arrived", "confirmed", "requested")]

    assert (made["status"], [one.status_code for one in answers]) == ("requested", [409, 201, 201])


def test_an_unknown_status_is_422_and_a_wrong_type_400(partner, diary):
    path = f"appointments/{booked(partner, diary)['id']}/status"

    assert [partner.post(path, {"status": one}).status_code for one in ("gone", 5, None)] == [422, 400, 400]


@pytest.mark.parametrize(("by", "status"), [("patient", 201), ("cabinet", 201), ("platform", 422), (None, 400)])
def test_a_cancellation_is_by_the_patient_or_the_cabinet(partner, diary, by, status):
    made = booked(partner, diary)

    assert partner.post(f"appointments/{made['id']}/cancellation", {"by": by, "reason": "…"}).status_code == status


def test_status_and_cancellation_count_versions_and_answer_the_new_etag(partner, diary):
    path = f"appointments/{booked(partner, diary)['id']}"

    arrived = partner.post(f"{path}/status", {"status": "arrived"}, If_Match='"1"')
    stale = partner.post(f"{path}/status", {"status": "completed"}, If_Match='"1"')
    back = partner.post(f"{path}/status", {"status": "confirmed"}, If_Match='"2"')
    cancelled = partner.post(f"{path}/cancellation", {"by": "cabinet", "reason": "Grève"}, If_Match='"3"')

    assert [(one.status_code, one["ETag"]) for one in (arrived, stale, back, cancelled)] == [
        (201, '"2"'),
        (412, '"2"'),
        (201, '"3"'),
        (201, '"4"'),
    ]
    assert (cancelled.json()["version"], partner.get(path)["ETag"]) == (4, '"4"')


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"start": at(8).isoformat()}, 422, "outside-opening-hours"),
        ({"start": at(9, 10).isoformat()}, 422, "not-on-grid"),
        ({"start": at(9, day=date(2026, 2, 2)).isoformat()}, 422, "in-the-past"),
        ({"start": "2026-03-02T10:00:00"}, 422, "offset-missing"),
        ({"start": 10}, 400, "wrong-type"),
        ({"practitioner": UNKNOWN}, 422, "unknown-reference"),
        ({"visit_reason": UNKNOWN}, 422, "unknown-reference"),
        ({"status": "arrived"}, 422, "not-writable"),
        ({"patient": UNKNOWN}, 422, "not-writable"),
        ({"insist": {"reason": "Urgence"}}, 422, "not-writable"),
    ],
)
def test_a_move_is_refused_by_the_same_rules(partner, diary, body, status, code):
    made = booked(partner, diary)

    response = partner.patch(f"appointments/{made['id']}", body, 1)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_move_to_another_practitioner_and_reason_takes_their_duration(partner, diary):
    other = make_practitioner(diary.site, last_name="Blin")
    make_hours(other, diary.site)
    longer = make_reason(diary.alma, other, duration_minutes=60)
    made = booked(partner, diary)

    moved = partner.patch(f"appointments/{made['id']}", {"practitioner": str(other.id), "visit_reason": str(longer.id)}, 1).json()

    assert (moved["practitioner"], moved["visit_reason"], moved["version"]) == (str(other.id), str(longer.id), 2)
    assert (moved["start"], moved["end"]) == ("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00")


def test_the_version_is_looked_at_before_the_body_and_the_path_before_all(partner, diary):
    made = booked(partner, diary)

    answers = [
        partner.patch(f"appointments/{UNKNOWN}", {"nope": 1}),
        partner.patch(f"appointments/{made['id']}", {"nope": 1}),
        partner.patch(f"appointments/{made['id']}", {"nope": 1}, 9),
        partner.patch(f"appointments/{made['id']}", {"nope": 1}, 1),
    ]

    assert [one.status_code for one in answers] == [404, 428, 412, 422]


def test_the_journal_has_the_contract_s_members_and_nothing_else(partner, diary):
    made = booked(partner, diary)
    partner.post(f"appointments/{made['id']}/cancellation", {"by": "patient", "reason": "Guérie"})

    body = partner.get(f"appointments/{made['id']}/journal").json()

    assert set(body) == {"results"} and [set(one) for one in body["results"]] == [{"at", "by", "act", "before", "after"}] * 2
    assert [one["act"] for one in body["results"]] == ["booked", "cancelled"]
