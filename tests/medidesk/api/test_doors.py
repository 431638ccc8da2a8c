"""What every door of the API does alike."""

import re

import pytest
from django.test import Client, override_settings

from medidesk.api import limits
from medidesk.api.openapi import document
from tests.conftest import TOURCOING
from tests.partners import Partner


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key with every scope."""
    return Partner(TOURCOING)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "unreadable-json"),
        (b"\xff", "application/json", 400, "unreadable-json"),
        (b'{"name": "\\ud800"}', "application/json", 400, "unreadable-json"),
        (b"[]", "application/json", 400, "wrong-type"),
        (b"", "application/json", 400, "unreadable-json"),
        (b"name=A", "application/x-www-form-urlencoded", 415, "json-expected"),
        (b'{"name": "A"}', "text/plain", 415, "json-expected"),
        (b'{"name": "A"}', "application/json; charset=utf-8", 201, None),
        (b'{"name": "A", "city": "' + b"x" * 3_000_000 + b'"}', "application/json", 413, "too-long"),
    ],
)
def test_bodies_are_json(partner, body, content_type, status, code):
    response = partner.post("sites", body, Content_Type=content_type)

    assert (response.status_code, response.json().get("code")) == (status, code)


def test_another_method_is_405_with_those_that_are_allowed(partner):
    response = partner.call("PUT", "sites", {})

    assert (response.status_code, response.json()["code"], response["Allow"]) == (405, "method-not-allowed", "GET, POST, HEAD")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/sites/", "/api/v2/sites", "/api/"])
def test_an_address_that_leads_nowhere_is_a_problem(client, path):
    response = client.get(path)

    assert (response.status_code, response["Content-Type"], response.json()["code"]) == (404, "application/problem+json", "not-found")


def test_a_problem_has_all_its_members(partner):
    body = partner.get("sites/none").json()

    assert (set(body), body["errors"]) == ({"type", "title", "status", "detail", "code", "errors"}, [])


@override_settings(MEDIDESK_RATE_LIMITS=True)
def test_a_key_has_bursts_of_a_hundred_and_then_429(partner):
    first = partner.get("sites")
    passed = 1
    while (response := partner.get("sites")).status_code == 200 and passed < 10 * limits.CALLS.burst:  # the bucket refills meanwhile
        passed += 1

    assert (response.status_code, response["Retry-After"], response.json()["violated-policies"]) == (429, "1", ["burst"])
    assert (first["RateLimit"], first["RateLimit-Policy"]) == ('"burst";r=99;t=1', '"minute";q=600;w=60, "burst";q=100;w=10')
    assert passed >= limits.CALLS.burst


@override_settings(MEDIDESK_RATE_LIMITS=False)
def test_limits_may_be_off(partner):
    assert "RateLimit" not in partner.get("sites")


def test_a_failure_says_nothing_of_its_cause(partner, cabinet):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agenda_site RENAME TO elsewhere")

    response = partner.get("sites")

    assert (response.status_code, response.json()["code"], b"agenda_site" in response.content) == (500, "internal-error", False)


def test_the_document_is_public_and_names_every_scope(client):
    body = client.get("/api/v1/openapi.json").json()

    assert body["openapi"] == "3.1.0"
    assert body["paths"]["/api/v1/openapi.json"]["get"]["security"] == []
    assert {tuple(one["x-scopes"]) for methods in body["paths"].values() for one in methods.values()} == {
        (), ("agenda:read",), ("agenda:read", "settings:read"), ("agenda:write",),
        ("patients:read",), ("patients:write",), ("settings:read",), ("settings:write",),
    }  # fmt: skip


def test_every_operation_asks_for_its_scope(cabinet):
    bare = Partner(TOURCOING, "webhooks", name="Nu")
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if operation["x-scopes"]:
                response = bare.call(method.upper(), re.sub(r"\{\w+\}", "x", path.removeprefix("/api/v1/")), {})
                assert (path, response.status_code, response.json()["code"]) == (path, 403, "missing-scope")


def test_the_reference_can_be_read_without_script(client):
    response = client.get("/api/v1/")

    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"/api/v1/appointments/{id}/cancellation" in response.content


def test_pages_elsewhere_keep_their_own_404(client):
    assert client.get("/nulle-part")["Content-Type"] == "text/html; charset=utf-8"


def test_the_type_of_a_problem_leads_to_its_explanation(partner, client):
    kind = partner.get("sites/none").json()["type"]

    assert (kind, b'id="not-found"' in client.get("/api/v1/").content) == ("/api/v1/#not-found", True)


@pytest.mark.parametrize(("status", "answer"), [("suspended", (503, "cabinet-suspended")), ("closed", (410, "cabinet-closed"))])
def test_a_cabinet_that_is_not_open_says_so_as_a_problem(client, cabinet, status, answer):
    cabinet.status = status
    cabinet.save()

    response = client.get("/api/v1/sites")

    assert (response.status_code, response.json()["code"]) == answer


def test_an_unknown_host_is_404_as_a_problem(db):
    response = Client(headers={"host": "nowhere.localhost"}).get("/api/v1/sites")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
