"""Doctolib's partner protocol as its simulator states it, called as a partner's own client would."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from tests.integrations.simulators.processes import Running

TUESDAY = "2031-03-04T10:00:00+0100"


class Signed(httpx.Auth):
    """Signs as the protocol wants it, wrongly where a test says so."""

    def __init__(self, secret: str = "sim-doctolib-secret", date: str = "", body: bytes | None = None) -> None:
        self.secret, self.date, self.body = secret, date, body

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:
        """Digest, date, MAC."""
        date = self.date or format_datetime(datetime.now(UTC), usegmt=True)
        digest = base64.b64encode(hashlib.md5(request.content if self.body is None else self.body).digest()).decode()
        text = ",".join([request.method, "application/json", digest, request.url.raw_path.decode(), date])
        mac = base64.b64encode(hmac.new(self.secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
        request.headers.update({"Date": date, "Content-MD5": digest, "Authorization": f"APIAuth sim-doctolib-key:{mac}"})
        yield request


@pytest.fixture
def api(doctolib: Running) -> Iterator[httpx.Client]:
    """A partner of the platform."""
    headers = {"Accept": "application/vnd.doctolib.v1+json", "Content-Type": "application/json"}
    with httpx.Client(base_url=f"{doctolib.simulator.url}/partner", headers=headers, auth=Signed(), trust_env=False) as client:
        yield client


def body(**changes: Any) -> dict[str, Any]:
    return {
        "visit_motive_id": "mot_2",
        "agenda_id": "pra_001",
        "start_date": TUESDAY,
        "patient": {"first_name": "Jean", "last_name": "Dupont", "birthdate": "1980-05-17", "phone_number": "+33639980012"},
    } | changes


def events(api: httpx.Client, last: str = "") -> list[dict[str, Any]]:
    return list(api.get("/sync", params={"last_event_id": last} if last else None).json()["events"])


# --- the door --------------------------------------------------------------------------------------------------------


def test_a_signed_call_opens(api):
    assert (api.get("/auth").status_code, api.get("/auth").json()) == (200, {"authenticated": True})


@pytest.mark.parametrize(
    "auth",
    [
        Signed(secret="another"),
        Signed(date="Thu, 05 Dec 2024 19:38:00 GMT"),
        Signed(date="yesterday"),
        Signed(date=format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)),
        Signed(body=b"other"),
    ],
)
def test_another_signature_an_old_date_another_body_are_refused_and_the_expected_words_told(api, auth):
    answer = api.get("/sync?last_event_id=abcd", auth=auth)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_signature")
    expected = f"GET,application/json,1B2M2Y8AsgTpgAmY7PhCfg==,/partner/sync?last_event_id=abcd,{answer.request.headers['date']}"
    assert answer.json()["error_messages"] == [f"expected signed string: {expected}"]


def test_a_bearer_key_opens_nothing_here(api):
    assert api.get("/auth", auth=None, headers={"Authorization": "Bearer sim-doctolib-key"}).status_code == 401


def test_another_media_type_is_not_acceptable(api):
    assert api.get("/auth", headers={"Accept": "application/json"}).status_code == 406


def test_what_is_not_json_is_said(api):
    answer = api.post("/appointments", content=b"{")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")


# --- lists -----------------------------------------------------------------------------------------------------------


def test_agendas_and_reasons(api):
    assert [each["id"] for each in api.get("/agendas").json()["agendas"]] == ["pra_001", "pra_002"]
    motives = api.get("/visit_motives", params={"agenda_ids[]": ["pra_001", "pra_002"]}).json()["visit_motives"]
    assert motives[0] == {"id": "mot_1", "name": "Consultation de suivi"}
    assert api.get("/visit_motives").status_code == 400
    assert api.get("/visit_motives", params={"agenda_ids[]": "pra_9"}).status_code == 400


def test_free_starts_of_some_days(api):
    asked = {"agenda_ids[]": "pra_001", "visit_motive_id": "mot_2", "start_date": "2031-03-04"}
    before = api.get("/availabilities", params=asked | {"limit": 3}).json()["availabilities"]
    api.post("/appointments", json=body())
    after = api.get("/availabilities", params=asked | {"limit": 3}).json()["availabilities"]

    assert [day["date"] for day in before] == ["2031-03-04", "2031-03-05", "2031-03-06"]
    assert set(before[0]["slots"]) - set(after[0]["slots"]) == {TUESDAY}
    assert api.get("/availabilities", params=asked | {"limit": 8}).status_code == 400
    assert api.get("/availabilities", params=asked | {"visit_motive_id": "x"}).status_code == 400


# --- appointments ----------------------------------------------------------------------------------------------------


def test_booked_as_long_as_the_reason_says_and_deleted(api):
    made = api.post("/appointments", json=body())
    told = made.json()
    assert (made.status_code, told["start_date"], told["end_date"]) == (201, TUESDAY, "2031-03-04T10:30:00+0100")

    assert api.delete(f"/appointments/{told['id']}").status_code == 204
    assert api.delete(f"/appointments/{told['id']}").status_code == 204
    assert api.delete("/appointments/apt_none").status_code == 404

    found = api.get("/appointments", params={"patient_id": told["patient"]["id"]}).json()["appointments"]
    assert [(each["id"], each["status"]) for each in found] == [(told["id"], "deleted")]


def test_a_known_patient_goes_by_their_id(api):
    first = api.post("/appointments", json=body()).json()
    again = body(start_date="2031-03-05T10:00:00+0100", patient_id=first["patient"]["id"])
    del again["patient"]

    assert api.post("/appointments", json=again).json()["patient"] == first["patient"]
    assert api.post("/appointments", json=again | {"patient_id": "pat_none"}).status_code == 400


def test_a_taken_time_is_refused(api):
    api.post("/appointments", json=body())
    answer = api.post("/appointments", json=body())

    assert (answer.status_code, answer.json()["error"]) == (422, "slot_unavailable")


@pytest.mark.parametrize(
    "wrong", [{"visit_motive_id": "x"}, {"agenda_id": "x"}, {"start_date": "x"}, {"patient": None}, {"visit_motive_id": None}]
)
def test_what_cannot_be_booked(api, wrong):
    assert api.post("/appointments", json=body(**wrong)).status_code == 400


def test_two_equal_calls_are_two_acts_and_nothing_can_be_changed(api):
    headers = {"Idempotency-Key": "0000"}
    made = api.post("/appointments", json=body(), headers=headers).json()

    assert api.post("/appointments", json=body(), headers=headers).status_code == 422
    assert api.patch(f"/appointments/{made['id']}", json={"start_date": TUESDAY}).status_code == 404
    assert api.post("/busy", json={}).status_code == 404


# --- the feed --------------------------------------------------------------------------------------------------------


def test_the_feed_tells_each_change_once_in_order_as_it_was_then(api, doctolib):
    there = doctolib.simulator.book("pra_001", TUESDAY, duration=30, patient={"first_name": "A", "last_name": "B"})["id"]
    doctolib.simulator.move(there, "2031-03-04T15:00:00+01:00")
    doctolib.simulator.cancel(there)

    told = events(api)

    assert [each["event"] for each in told] == ["appointment.created", "appointment.updated", "appointment.deleted"]
    assert [each["appointment"]["start_date"][11:16] for each in told] == ["10:00", "15:00", "15:00"]
    assert all(len(each["id"]) == 20 for each in told)
    assert [each["id"] for each in events(api, told[0]["id"])] == [each["id"] for each in told[1:]]
    assert events(api, told[-1]["id"]) == []


def test_an_unknown_or_expired_cursor_is_gone(api, doctolib):
    doctolib.simulator.book("pra_001", TUESDAY, duration=30, patient={"first_name": "A", "last_name": "B"})
    last = events(api)[-1]["id"]
    assert api.get("/sync", params={"last_event_id": "f" * 20}).status_code == 410

    doctolib.simulator.order_fault("cursor-expired", "GET /sync")

    assert api.get("/sync").status_code == 200
    assert (api.get("/sync", params={"last_event_id": last}).status_code, events(api, last)) == (410, [])


def test_a_page_ends_at_a_hundred_or_where_a_fault_cuts_it(api, doctolib):
    there = doctolib.simulator.book("pra_001", TUESDAY, duration=30, patient={"first_name": "A", "last_name": "B"})["id"]
    for minute in range(1, 102):
        doctolib.simulator.move(there, (datetime.fromisoformat(TUESDAY) + timedelta(minutes=minute)).isoformat())
    assert len(events(api)) == 100

    doctolib.simulator.order_fault("truncate", "GET /sync")
    first = events(api)

    assert len(first) == 50
    assert len(events(api, first[-1]["id"])) == 52


def test_a_key_of_one_agenda_hears_of_that_one(api, doctolib):
    doctolib.simulator.setup(accounts=[{"api_key": "sim-doctolib-key", "secret": "sim-doctolib-secret", "practitioners": ["pra_002"]}])
    for agenda in ("pra_001", "pra_002"):
        doctolib.simulator.book(agenda, TUESDAY, duration=30, patient={"first_name": "A", "last_name": "B"})

    assert [each["appointment"]["agenda_id"] for each in events(api)] == ["pra_002"]
    assert [each["id"] for each in api.get("/agendas").json()["agendas"]] == ["pra_002"]
