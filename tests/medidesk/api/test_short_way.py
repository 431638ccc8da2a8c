"""Calls with a key take the short way to their door, and nobody gets further by it."""

import pytest
from django.test import Client

from tests.conftest import TOURCOING
from tests.partners import Partner

HEADERS = ("Content-Type", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Content-Length", "Referrer-Policy")


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key with every scope."""
    return Partner(TOURCOING)


def test_a_call_with_a_key_reads_no_session(partner):
    request = partner.get("sites").wsgi_request

    assert not hasattr(request, "session")
    assert not hasattr(request, "user")


def test_the_short_way_writes_the_headers_of_the_long_one(partner):
    short, long = partner.get("sites"), Client(headers={"Host": TOURCOING}).get("/api/v1/sites")

    assert (short.status_code, long.status_code) == (200, 401)
    assert {name: name in short for name in HEADERS} == {name: name in long for name in HEADERS}
    assert short["Content-Length"] == str(len(short.content))


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/api/v1/openapi.json"])
def test_a_page_takes_the_long_way_whatever_it_is_asked_with(cabinet, path):
    response = Client(headers={"Host": TOURCOING, "Authorization": "Bearer nobody"}).get(path)

    assert hasattr(response.wsgi_request, "session")


def test_an_unknown_key_is_refused_by_the_door(cabinet):
    response = Client(headers={"Host": TOURCOING, "Authorization": "Bearer nobody"}).get("/api/v1/sites")

    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


def test_a_signed_call_takes_the_short_way_whether_or_not_it_is_believed(cabinet):
    response = Client(headers={"Host": TOURCOING}).post("/api/webhooks/doctolib", data=b"{}", content_type="application/json")

    assert (response.status_code, hasattr(response.wsgi_request, "session")) == (404, False)
