"""Keys, scopes, idempotency, problems and limits over the whole of the REST doors, sentence by sentence."""

import re
from typing import Any

import pytest
from django.test import override_settings

from agenda.models import Appointment, Hold
from integrations.models import KeptAnswer
from medidesk.api.openapi import document
from tests.agenda.api.visits import DETAILS, UNKNOWN, booked, wish
from tests.agenda.diary import at
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

MEMBERS = {"type", "title", "status", "detail", "code", "errors"}
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]
KEPT = ("ETag", "Location", "Content-Type")


def twice(partner: Partner, path: str, body: Any, again: Any = None, key: str = "k") -> list[Any]:
    """The same call, two times under one key."""
    return [partner.post(path, one, Idempotency_Key=key) for one in (body, body if again is None else again)]


def same(answers: list[Any]) -> bool:
    """Is the second the first, to the byte, and does it say so?"""
    first, second = answers
    equal = first.status_code == second.status_code and first.content == second.content
    return (
        equal and [first.get(name) for name in KEPT] == [second.get(name) for name in KEPT] and second.get("Idempotency-Replayed") == "true"
    )


def acts(diary, made: str) -> dict[str, tuple[str, Any]]:
    """Every kind of POST on the diary."""
    slot = {"practitioner": str(diary.alma.id), "visit_reason": str(diary.reason.id), "start": at(10).isoformat()}
    return {
        "book": ("appointments", wish(diary, 11)),
        "details": ("appointments", wish(diary, 11, patient=..., patient_details=DETAILS)),
        "hold": ("holds", slot),
        "cancel": (f"appointments/{made}/cancellation", {"by": "patient", "reason": ""}),
        "status": (f"appointments/{made}/status", {"status": "arrived"}),
        "patient": ("patients", {"first_names": "Ali", "birth_name": "Ben"}),
        "taken": ("appointments", wish(diary)),
        "rule": ("appointments", wish(diary, 8)),
        "not allowed": (f"appointments/{made}/status", {"status": "completed"}),
        "reference": ("appointments", wish(diary, practitioner=UNKNOWN)),
    }


@pytest.mark.parametrize("act", ["book", "details", "hold", "cancel", "status", "patient", "taken", "rule", "not allowed", "reference"])
def test_a_post_is_done_once_and_answered_the_same(partner, diary, act):
    path, body = acts(diary, booked(partner, diary)["id"])[act]
    before = Appointment.objects.count() + Hold.objects.count()

    answers = twice(partner, path, body)

    assert same(answers), [one.content for one in answers]
    assert Appointment.objects.count() + Hold.objects.count() - before == (1 if act in ("book", "details", "hold") else 0)


def test_a_refused_booking_with_details_leaves_no_file_however_often_it_is_asked(partner, diary):
    booked(partner, diary)
    body = wish(diary, patient=..., patient_details=DETAILS)

    answers = twice(partner, "appointments", body)

    assert same(answers) and answers[0].status_code == 409
    assert partner.get("patients?q=petit").json()["results"] == []


def test_what_is_no_rule_s_answer_is_never_kept(partner, diary):
    made = booked(partner, diary)
    narrow = Partner(TOURCOING, "agenda:write", name="Étroit")
    calls = [
        (partner, "appointments", b"{"), (partner, "appointments", {"start": 5}),
        (partner, f"appointments/{UNKNOWN}/status", {"status": "arrived"}),
        (narrow, "patients", {"first_names": "Ali", "birth_name": "Ben"}), (narrow, "appointments", wish(diary, 10, source="phone")),
    ]  # fmt: skip

    codes = [one.post(path, body, Idempotency_Key="k").status_code for one, path, body in calls]
    stale = partner.post(f"appointments/{made['id']}/status", {"status": "arrived"}, Idempotency_Key="k", If_Match='"7"')

    assert (codes, stale.status_code, KeptAnswer.objects.count()) == ([400, 400, 404, 403, 403], 412, 0)


def test_another_body_is_refused_even_after_a_refusal(partner, diary):
    first, second = twice(partner, "appointments", wish(diary, 8), wish(diary, 9))

    assert (first.status_code, second.status_code, second.json()["code"]) == (422, 422, "idempotency-key-reused")


def test_spaces_and_the_order_of_members_are_no_other_body(partner):
    assert same(twice(partner, "sites", b'{"name":"A","city":"B"}', b'{ "city" : "B",\n "name" : "A" }'))


def test_null_and_absent_are_other_bodies(partner):
    assert twice(partner, "sites", {"name": "A"}, {"name": "A", "city": None})[1].json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if one[0] != "/api/v1/openapi.json"])
def test_without_a_key_every_operation_is_401(client, path, method):
    response = client.generic(method.upper(), re.sub(r"\{\w+\}", UNKNOWN, path), b"{}", content_type="application/json")

    assert (response.status_code, response.json()["code"], set(response.json())) == (401, "unauthenticated", MEMBERS)
    assert response["Content-Type"] == "application/problem+json" and response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer é", "Bearer " + "x" * 5000, "Bearer a b"])
def test_a_strange_authorization_is_401(client, header):
    assert client.get("/api/v1/sites", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if "{id}" in one[0]])
@pytest.mark.parametrize("which", [UNKNOWN, "x", "0" * 36, UNKNOWN.upper()[:-1] + "é"])
def test_an_unknown_id_in_the_path_is_404_before_all_else(partner, path, method, which):
    response = partner.call(method.upper(), path.removeprefix("/api/v1/").replace("{id}", which), b"{", Content_Type="text/plain")

    assert (response.status_code, response.content) == (404, partner.get("nowhere").content)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_path_refuses_other_methods_with_allow(partner, path, method):
    allowed = {one.upper() for other, one in OPERATIONS if other == path}

    response = partner.call("PUT", re.sub(r"\{\w+\}", UNKNOWN, path).removeprefix("/api/v1/"), {})

    assert (response.status_code, response.json()["code"], set(response.json())) == (405, "method-not-allowed", MEMBERS)
    assert {one.strip() for one in response["Allow"].split(",")} - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"name": NaN}', 400), (b'{"name": Infinity}', 400), (b'{"name": "a",}', 400), (b"{'name': 'a'}", 400), (b"null", 400),
        (b'"a"', 400), (b'{"name": 1e999}', 400), (b'{"name": 123456789012345678901234567890}', 400),
        (b'{"name": ["a"]}', 400), (b'{"name": {}}', 400),
        (b"[" * 5000, 400), (b'{"name": "a"} x', 400), (b"\xef\xbb\xbf{", 400),
    ],
)  # fmt: skip
def test_unreadable_json_and_wrong_types_are_400(partner, body, status):
    response = partner.post("sites", body)

    assert (response.status_code, response["Content-Type"], set(response.json())) == (status, "application/problem+json", MEMBERS)


def test_a_query_is_refused_with_the_pointer_of_its_parameter(partner, diary):
    response = partner.get(f"appointments?practitioner={UNKNOWN}")

    assert (response.status_code, flaws(response), response.json()["status"]) == (422, [("/practitioner", "unknown-reference")], 422)


@override_settings(MEDIDESK_RATE_LIMITS=True)
@pytest.mark.parametrize("path", ["sites", "sites/x", "patients"])
def test_limits_are_told_with_every_answer(diary, path):
    answer = Partner(TOURCOING, "agenda:read").get(path)

    assert answer["RateLimit"].startswith('"burst";r=') and "q=600;w=60" in answer["RateLimit-Policy"]


def test_the_document_names_for_every_operation_its_scopes_and_security(client):
    for methods in client.get("/api/v1/openapi.json").json()["paths"].values():
        for operation in methods.values():
            assert operation["security"] == ([{"key": []}] if operation["x-scopes"] else [])


def test_every_problem_s_type_status_and_errors_agree(partner, diary):
    body = partner.post("appointments", wish(diary, start="soon", nope=1)).json()

    assert (body["status"], body["code"], body["type"]) == (400, "wrong-type", "/api/v1/#wrong-type")
    assert {(one["pointer"], one["code"]) for one in body["errors"]} == {("/start", "wrong-type"), ("/nope", "not-writable")}
