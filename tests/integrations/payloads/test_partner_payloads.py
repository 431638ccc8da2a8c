"""The partner protocol's words, both ways, and the signature of its calls."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from integrations.doctolib import partner_payloads as payloads
from integrations.doctolib.partner_signing import authorization, content_md5, sign
from integrations.errors import NotUnderstood
from integrations.speaking.vocabulary import PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus

PARIS = ZoneInfo("Europe/Paris")
APPOINTMENT = {
    "id": "apt_1",
    "agenda_id": "31",
    "visit_motive_id": "r:9",
    "start_date": "2016-10-10T12:45:00+0200",
    "end_date": "2016-10-10T13:15:00+0200",
    "status": "confirmed",
    "updated_at": "2016-10-01T08:00:00.000001+00:00",
    "patient": {
        "id": "pat_7",
        "first_name": "Sophie",
        "last_name": "Dubois",
        "maiden_name": "Marchand",
        "birthdate": "1975-02-03",
        "email": "sophie@patients.example",
        "phone_number": None,
        "secondary_phone_number": "+33639980013",
    },
}
SOPHIE = PlatformPatient(
    first_names="Sophie",
    used_name="Dubois",
    birth_name="Marchand",
    birth_date=date(1975, 2, 3),
    email="sophie@patients.example",
    phone="+33639980013",
    external_id="pat_7",
)
VISIT = PlatformVisit(
    external_id="apt_1@pat_7",
    practitioner="31",
    start=datetime(2016, 10, 10, 10, 45, tzinfo=UTC),
    end=datetime(2016, 10, 10, 11, 15, tzinfo=UTC),
    version=1475308800000001,
    reason="r:9",
    patient=SOPHIE,
)


def raw(**changes) -> bytes:
    event = {"id": "0123456789abcdef0123", "event": "appointment.created", "created_at": "2016-10-01T08:00:00Z", "appointment": APPOINTMENT}
    return json.dumps(event | changes).encode()


# --- signing ---------------------------------------------------------------------------------------------------------


def by_hand(secret: bytes, text: bytes) -> str:
    """HMAC-SHA1 as RFC 2104 writes it, without the library's function."""
    key = secret.ljust(64, b"\0")
    inner = hashlib.sha1(bytes(each ^ 0x36 for each in key) + text).digest()
    return base64.b64encode(hashlib.sha1(bytes(each ^ 0x5C for each in key) + inner).digest()).decode()


def test_hmac_by_hand_is_that_of_rfc_2202():
    assert base64.b64decode(by_hand(b"Jefe", b"what do ya want for nothing?")).hex() == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


def test_the_digest_of_nothing_is_the_known_one():
    assert content_md5(b"") == "1B2M2Y8AsgTpgAmY7PhCfg=="


def test_what_is_signed_is_what_a_partner_s_log_shows():
    said = ("GET", "application/json", "abc==", "/sync?last_event_id=abcd", "Thu, 05 Dec 2024 19:38:00 GMT")

    made = authorization("access", "secret", *said)

    text = b"GET,application/json,abc==,/sync?last_event_id=abcd,Thu, 05 Dec 2024 19:38:00 GMT"
    assert made == "APIAuth access:" + by_hand(b"secret", text)
    assert made == "APIAuth access:2FemEoT5LRoetvSjEX4cdQ/Vxxk="


@pytest.mark.parametrize(
    ("method", "url", "body", "path"),
    [
        ("GET", "https://api.doctolib.fr/visit_motives?agenda_ids%5B%5D=3", None, "/visit_motives?agenda_ids%5B%5D=3"),
        ("DELETE", "https://api.doctolib.fr/appointments/apt%2F1", None, "/appointments/apt%2F1"),
        ("POST", "https://api-interf.doctolib.net/base/appointments", b'{"a":1}', "/base/appointments"),
    ],
)
def test_each_call_is_signed_as_it_leaves(method, url, body, path):
    request = httpx.Request(method, url, content=body, headers={"Content-Type": "application/json"})

    sign(request, "access", "secret", datetime(2024, 12, 5, 20, 38, tzinfo=PARIS))

    digest = base64.b64encode(hashlib.md5(body or b"").digest()).decode()
    date = "Thu, 05 Dec 2024 19:38:00 GMT"
    text = f"{method},application/json,{digest},{path},{date}".encode()
    assert (request.headers["Date"], request.headers["Content-MD5"]) == (date, digest)
    assert request.headers["Authorization"] == "APIAuth access:" + by_hand(b"secret", text)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_an_event_is_read_whole():
    at = datetime(2016, 10, 1, 8, tzinfo=UTC)
    assert payloads.event(raw(), PARIS) == PlatformEvent(VISIT, "0123456789abcdef0123", at)


def test_a_deletion_is_a_cancellation_whatever_the_status_says():
    assert payloads.event(raw(event="appointment.deleted"), PARIS).visit.status == VisitStatus.CANCELLED


@pytest.mark.parametrize(
    ("status", "read"),
    [("deleted", "cancelled"), ("no_show", "no_show"), ("done", "done"), (None, "confirmed"), ("confirmed", "confirmed")],
)
def test_statuses(status, read):
    assert payloads.visit(APPOINTMENT | {"status": status}, PARIS).status == read


@pytest.mark.parametrize(
    "changes",
    [{"event": "agenda.closed"}, {"event": None}, {"appointment": None}]
    + [
        {"appointment": APPOINTMENT | wrong}
        for wrong in (
            {"id": None}, {"agenda_id": ""}, {"status": "odd"}, {"start_date": "soon"}, {"end_date": None},
            {"end_date": "2016-10-10T12:45:00+0200"}, {"end_date": "2016-10-12T12:45:00+0200"},
        )
    ],
)  # fmt: skip
def test_what_is_not_understood(changes):
    with pytest.raises(NotUnderstood):
        payloads.event(raw(**changes), PARIS)


def test_a_version_that_is_missing_is_none():
    assert payloads.visit(APPOINTMENT | {"updated_at": None}, PARIS).version is None


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (json.loads(raw()), ("0123456789abcdef0123", "apt_1@pat_7")),
        ({"id": 4, "appointment": {"id": 5, "patient_id": 6}}, ("4", "5@6")),
        ({"appointment": {"id": 5, "patient": None}}, ("", "5")),
        ({"appointment": {}}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_keys_are_found_without_understanding(values, key):
    assert payloads.visit_key(values) == key


@pytest.mark.parametrize(("name", "parts"), [("apt_1@pat_7", ("apt_1", "pat_7")), ("a@b@c", ("a@b", "c"))])
def test_a_name_is_an_appointment_and_its_patient(name, parts):
    assert payloads.split(name) == parts


def test_without_a_patient_it_cannot_be_asked_for():
    with pytest.raises(NotUnderstood):
        payloads.split("apt_1")


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_booking_has_the_cabinet_s_offset_and_no_length():
    body = payloads.new_visit(replace(VISIT, patient=replace(SOPHIE, external_id="", phone="")), PARIS)

    assert body == {
        "visit_motive_id": "r:9",
        "agenda_id": "31",
        "start_date": "2016-10-10T12:45:00+0200",
        "patient": {
            "first_name": "Sophie",
            "last_name": "Dubois",
            "maiden_name": "Marchand",
            "birthdate": "1975-02-03",
            "email": "sophie@patients.example",
        },
    }


def test_a_patient_known_there_goes_by_their_id():
    assert payloads.new_visit(VISIT, PARIS)["patient_id"] == "pat_7"


def test_a_name_that_is_both_is_told_once():
    patient = PlatformPatient(first_names="A", birth_name="B")

    assert payloads.new_visit(replace(VISIT, patient=patient), PARIS)["patient"] == {"first_name": "A", "last_name": "B"}
