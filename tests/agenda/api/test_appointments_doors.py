"""Booking, moving, cancelling and following visits over REST."""

import pytest

from agenda.models import Appointment
from patients.models import Patient
from tests.agenda.api.visits import DETAILS, UNKNOWN, booked, wish
from tests.agenda.diary import MONDAY, at, make_hours, make_practitioner, make_reason, make_room
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws


def test_a_visit_is_booked_with_its_location_and_etag(partner, diary):
    response = partner.post("appointments", wish(diary))

    shown = response.json()
    assert (response.status_code, response["ETag"], response["Location"]) == (201, '"1"', f"/api/v1/appointments/{shown['id']}")
    stamps = {name: shown.pop(name) for name in ("id", "created_at", "updated_at")}
    assert all(stamps.values())
    assert shown == {
        "version": 1, "status": "confirmed", "lane": "normal", "start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T09:30:00+01:00",
        "practitioner": str(diary.alma.id), "site": str(diary.site.id), "resources": [], "visit_reason": str(diary.reason.id),
        "patient": str(diary.nour.id), "source": "partner", "booked_by": "api:Portail", "cancellation": None, "external": [],
        "warnings": [],
    }  # fmt: skip


def test_a_taken_time_is_409(partner, diary):
    booked(partner, diary)

    response = partner.post("appointments", wish(diary))

    assert (response.status_code, response.json()["code"], response.json()["errors"]) == (409, "slot-taken", [])


def test_a_replayed_booking_books_once(partner, diary):
    first = partner.post("appointments", wish(diary), Idempotency_Key="k")
    again = partner.post("appointments", wish(diary), Idempotency_Key="k")

    assert (again.status_code, again.content, again["ETag"], Appointment.objects.count()) == (201, first.content, '"1"', 1)


def test_a_replayed_refusal_stays_a_refusal(partner, diary):
    other = booked(partner, diary)
    first = partner.post("appointments", wish(diary), Idempotency_Key="k")
    partner.post(f"appointments/{other['id']}/cancellation", {"by": "patient", "reason": ""})

    again = partner.post("appointments", wish(diary), Idempotency_Key="k")

    assert (first.status_code, again.status_code, again.content, again["Content-Type"]) == (
        409,
        409,
        first.content,
        "application/problem+json",
    )


def test_any_practitioner_is_found_until_all_are_taken(partner, diary):
    second = make_practitioner(diary.site, last_name="Blin")
    reason = make_reason(diary.alma, second)
    make_hours(second, diary.site)
    body = wish(diary, practitioner=None, visit_reason=str(reason.id))

    answers = [partner.post("appointments", body) for _ in range(3)]

    assert [one.status_code for one in answers] == [201, 201, 409]
    assert {one.json()["practitioner"] for one in answers[:2]} == {str(diary.alma.id), str(second.id)}
    assert answers[2].json()["code"] == "slot-taken"


def test_the_room_is_taken_too(partner, diary):
    room = make_room(diary.site)
    second = make_practitioner(diary.site, last_name="Blin")
    make_hours(second, diary.site)
    reason = make_reason(diary.alma, second, resource_kinds=["room"])

    first = partner.post("appointments", wish(diary, visit_reason=str(reason.id)))
    rival = partner.post("appointments", wish(diary, visit_reason=str(reason.id), practitioner=str(second.id)))

    assert (first.json()["resources"], rival.status_code, rival.json()["code"]) == ([str(room.id)], 409, "resource-taken")


@pytest.mark.parametrize(
    ("changes", "status", "flaw"),
    [
        ({"visit_reason": ...}, 422, ("/visit_reason", "required")),
        ({"start": None}, 422, ("/start", "required")),
        ({"start": "2026-03-02T09:00:00"}, 422, ("/start", "offset-missing")),
        ({"start": "soon"}, 400, ("/start", "wrong-type")),
        ({"patient": ...}, 422, ("/patient", "required")),
        ({"patient_details": DETAILS}, 422, ("/patient_details", "patient-twice")),
        ({"patient": UNKNOWN}, 422, ("/patient", "unknown-reference")),
        ({"practitioner": UNKNOWN}, 422, ("/practitioner", "unknown-reference")),
        ({"visit_reason": "nothing"}, 422, ("/visit_reason", "unknown-reference")),
        ({"site": UNKNOWN}, 422, ("/site", "unknown-reference")),
        ({"hold": UNKNOWN}, 422, ("/hold", "unknown-reference")),
        ({"insist": {"reason": "urgent"}}, 422, ("/insist", "not-writable")),
        ({"status": "arrived"}, 422, ("/status", "not-writable")),
        ({"source": "doctolib"}, 422, ("/source", "not-a-choice")),
    ],
)
def test_impossible_wishes_are_refused(partner, diary, changes, status, flaw):
    response = partner.post("appointments", wish(diary, **changes))

    assert (response.status_code, flaws(response)) == (status, [flaw])


@pytest.mark.parametrize(
    ("start", "code"),
    [(at(8), "outside-opening-hours"), (at(9, 10), "not-on-grid"), (at(9, day=MONDAY.replace(month=2, day=23)), "in-the-past")],
)
def test_a_rule_refuses_with_its_code(partner, diary, start, code):
    response = partner.post("appointments", wish(diary, start=start.isoformat()))

    assert (response.status_code, response.json()["code"]) == (422, code)


def test_an_unknown_person_gets_a_provisional_file_in_the_same_transaction(partner, diary):
    made = partner.post("appointments", wish(diary, patient=..., patient_details=DETAILS))
    refused = partner.post("appointments", wish(diary, patient=..., patient_details={**DETAILS, "first_names": "Léo"}))

    patient = Patient.objects.get(pk=made.json()["patient"])
    assert (patient.provisional, patient.phone, refused.status_code) == (True, "+33639980009", 409)
    assert Patient.objects.filter(first_names="Léo").count() == 0


def test_equal_details_find_the_known_patient(partner, diary):
    details = {"first_names": "NOUR", "birth_name": "haddad", "birth_date": "1990-05-17", "email": "nour@patients.example"}

    made = partner.post("appointments", wish(diary, patient=..., patient_details=details)).json()

    assert made["patient"] == str(diary.nour.id)


@pytest.mark.parametrize(
    ("changes", "status", "flaw"),
    [
        ({"phone": None}, 422, ("/patient_details/phone", "required")),
        ({"birth_name": ""}, 422, ("/patient_details/birth_name", "required")),
        ({"birth_date": ...}, 422, ("/patient_details/birth_date", "required")),
        ({"phone": "12"}, 422, ("/patient_details/phone", "phone-not-valid")),
        ({"nickname": "Z"}, 422, ("/patient_details/nickname", "not-writable")),
    ],
)
def test_details_that_do_not_suffice_are_refused(partner, diary, changes, status, flaw):
    details = {name: value for name, value in {**DETAILS, **changes}.items() if value is not ...}

    response = partner.post("appointments", wish(diary, patient=..., patient_details=details))

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_another_source_needs_a_settings_scope(diary, partner):
    narrow = Partner(TOURCOING, "agenda:write", name="Étroit")

    refused = narrow.post("appointments", wish(diary, source="phone"))
    made = partner.post("appointments", wish(diary, source="phone"))

    assert (refused.status_code, refused.json()["code"]) == (403, "missing-scope")
    assert (made.status_code, made.json()["source"]) == (201, "phone")


def test_the_staff_is_warned_and_may_insist(staff, diary):
    diary.reason.min_notice_minutes = 3 * 1440
    diary.reason.save()
    warned = staff.post("appointments", wish(diary))
    refused = staff.post("appointments", wish(diary))
    insisted = staff.post("appointments", wish(diary, insist={"reason": "Urgence"}))

    assert (warned.status_code, [one["code"] for one in warned.json()["warnings"]]) == (201, ["minimum-notice"])
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-taken")
    assert (insisted.status_code, insisted.json()["lane"]) == (201, "extra")


def test_a_visit_moves_with_if_match(partner, diary):
    made = booked(partner, diary)
    path = f"appointments/{made['id']}"

    answers = [
        partner.patch(path, {"start": at(10).isoformat()}),
        partner.patch(path, {"start": at(10).isoformat()}, 9),
        partner.patch(path, {"start": at(10).isoformat()}, 1),
    ]

    assert [one.status_code for one in answers] == [428, 412, 200]
    assert (answers[1]["ETag"], answers[2]["ETag"], answers[2].json()["start"]) == ('"1"', '"2"', "2026-03-02T10:00:00+01:00")


def test_a_move_to_a_taken_time_is_409_and_changes_nothing(partner, diary):
    made = booked(partner, diary)
    booked(partner, diary, 10)

    response = partner.patch(f"appointments/{made['id']}", {"start": at(10).isoformat()}, 1)

    assert (response.status_code, response.json()["code"]) == (409, "slot-taken")
    assert partner.get(f"appointments/{made['id']}")["ETag"] == '"1"'


def test_moving_where_it_is_moves_nothing(partner, diary):
    made = booked(partner, diary)

    assert partner.patch(f"appointments/{made['id']}", {"start": made["start"]}, 1)["ETag"] == '"1"'


def test_a_cancelled_visit_says_who_and_why_and_frees_its_time(partner, diary):
    made = booked(partner, diary)

    response = partner.post(f"appointments/{made['id']}/cancellation", {"by": "patient", "reason": "Guérie"})

    shown = response.json()
    assert (response.status_code, response["ETag"], shown["status"]) == (201, '"2"', "cancelled")
    assert (shown["cancellation"]["by"], shown["cancellation"]["reason"]) == ("patient", "Guérie")
    assert partner.post("appointments", wish(diary)).status_code == 201


def test_cancelling_again_or_moving_the_cancelled_is_409(partner, diary):
    made = booked(partner, diary)
    path = f"appointments/{made['id']}"
    partner.post(f"{path}/cancellation", {"by": "patient", "reason": ""})

    again = partner.post(f"{path}/cancellation", {"by": "patient", "reason": ""})
    moved = partner.patch(path, {"start": at(10).isoformat()}, 2)

    assert [(one.status_code, one.json()["code"]) for one in (again, moved)] == [(409, "already-cancelled")] * 2


def test_a_cancellation_honours_if_match_when_given(partner, diary):
    made = booked(partner, diary)

    response = partner.post(f"appointments/{made['id']}/cancellation", {"by": "cabinet", "reason": ""}, If_Match='"5"')

    assert (response.status_code, response["ETag"]) == (412, '"1"')


def test_a_replayed_cancellation_is_not_stale(partner, diary):
    made = booked(partner, diary)
    headers = {"If_Match": '"1"', "Idempotency_Key": "k"}

    answers = [partner.post(f"appointments/{made['id']}/cancellation", {"by": "cabinet", "reason": ""}, **headers) for _ in range(2)]

    assert [(one.status_code, one["ETag"]) for one in answers] == [(201, '"2"')] * 2


def test_a_visit_goes_through_the_day_and_back_one_step(partner, diary):
    path = f"appointments/{booked(partner, diary)['id']}"

    codes = [
        partner.post(f"{path}/status", {"status": status}).status_code for status in ("arrived", "in_consultation", "arrived", "no_show")
    ]
    late = partner.post(f"{path}/cancellation", {"by": "patient", "reason": ""})

    assert (codes, late.json()["code"]) == ([201, 201, 201, 409], "status-not-allowed")


def test_the_journal_tells_who_did_what(partner, diary):
    made = booked(partner, diary)
    partner.patch(f"appointments/{made['id']}", {"start": at(10).isoformat()}, 1)

    entries = partner.get(f"appointments/{made['id']}/journal").json()["results"]

    assert [(one["by"], one["act"], one["before"] is None) for one in entries] == [
        ("api:Portail", "booked", True),
        ("api:Portail", "moved", False),
    ]


@pytest.mark.parametrize("path", ["", "/journal", "/cancellation", "/status"])
def test_the_other_cabinet_s_visit_is_404_like_an_unknown_one(partner, diary, other_cabinet, path):
    with other_cabinet:
        stranger = Partner("reunion.localhost")
    made = booked(partner, diary)
    method = "POST" if path in ("/cancellation", "/status") else "GET"

    answers = [stranger.call(method, f"appointments/{which}{path}", {}) for which in (made["id"], UNKNOWN)]

    assert [one.status_code for one in answers] == [404, 404] and answers[0].content == answers[1].content
