"""Doctolib's words, both ways."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.doctolib import payloads
from integrations.errors import NotUnderstood
from integrations.speaking.vocabulary import PlatformBusy, PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus

PARIS = ZoneInfo("Europe/Paris")
EXAMPLE = {
    "event": "appointment.created",
    "event_id": "evt_1",
    "occurred_at": "2025-11-16T10:00:00Z",
    "data": {
        "appointment": {
            "id": "apt_123456",
            "start_time": "2025-11-20T14:00:00Z",
            "duration": 45,
            "status": "confirmed",
            "version": 1,
            "visit_motive_id": "mot_1",
            "client_reference": None,
        },
        "patient": {
            "id": "pat_789",
            "first_name": "Jean",
            "last_name": "Dupont",
            "birth_date": "1980-05-17",
            "email": "jean.dupont@example.com",
            "phone": "+33612345678",
        },
        "practitioner": {"id": "pra_001", "name": "Dr. Martin"},
    },
}
START = datetime(2025, 11, 20, 14, tzinfo=UTC)
VISIT = PlatformVisit(
    external_id="apt_123456",
    practitioner="pra_001",
    start=START,
    end=START + timedelta(minutes=45),
    version=1,
    reason="mot_1",
    practitioner_name="Dr. Martin",
    patient=PlatformPatient("Jean", "Dupont", "", date(1980, 5, 17), "jean.dupont@example.com", "+33612345678", "pat_789"),
)


def told(**changes) -> bytes:
    """The contract's example with other values in its appointment, or without those that are `...`."""
    event = json.loads(json.dumps(EXAMPLE))
    for name, value in changes.items():
        event["data"]["appointment"].pop(name, None)
        if value is not ...:
            event["data"]["appointment"][name] = value
    return json.dumps(event).encode()


def test_the_contracts_example():
    assert payloads.event(json.dumps(EXAMPLE).encode(), PARIS) == PlatformEvent(VISIT, "evt_1", datetime(2025, 11, 16, 10, tzinfo=UTC))


def test_the_seeds_example_without_what_may_be_missing():
    event = json.loads(told(version=..., visit_motive_id=..., client_reference=...))
    del event["event_id"], event["occurred_at"], event["data"]["patient"]["birth_date"]

    told_event = payloads.event(json.dumps(event).encode(), PARIS)

    assert (told_event.event_id, told_event.occurred_at, told_event.visit.version, told_event.visit.reason) == ("", None, None, "")
    assert told_event.visit.patient == replace(VISIT.patient, birth_date=None)


@pytest.mark.parametrize(
    "spelling", ["2025-11-20T14:00:00Z", "2025-11-20T15:00:00+01:00", "2025-11-20T14:00Z", "2025-11-20T15:00:00", "2025-11-20T15:00"]
)
def test_times_in_any_spelling_are_one_instant(spelling):
    assert payloads.event(told(start_time=spelling), PARIS).visit.start == START


def test_a_cancellation_says_so_whatever_its_status():
    event = json.loads(told()) | {"event": "appointment.cancelled"}

    assert payloads.event(json.dumps(event).encode(), PARIS).visit.status == VisitStatus.CANCELLED


@pytest.mark.parametrize(("status", "expected"), [("done", "done"), ("NO_SHOW", "no_show"), ("", "confirmed"), (..., "confirmed")])
def test_statuses(status, expected):
    assert payloads.event(told(status=status), PARIS).visit.status == expected


def test_numbers_as_text_and_texts_as_numbers_are_read():
    visit = payloads.event(told(id=77, version="12"), PARIS).visit

    assert (visit.external_id, visit.version) == ("77", 12)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ...},
        {"id": True},
        {"id": " "},
        {"start_time": ...},
        {"start_time": "tomorrow"},
        {"start_time": 12},
        {"duration": ...},
        {"duration": 0},
        {"duration": 1441},
        {"duration": "long"},
        {"version": 1.5},
        {"status": "maybe"},
        {"visit_motive_id": {}},
    ],
)
def test_what_is_not_the_contract_is_not_understood(changes):
    with pytest.raises(NotUnderstood):
        payloads.event(told(**changes), PARIS)


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b'{"event": "patient.created"}', b'{"event": "appointment.created"}', b"[" * 100_000]
)
def test_what_is_no_event_is_not_understood(raw):
    with pytest.raises(NotUnderstood):
        payloads.event(raw, PARIS)


@pytest.mark.parametrize(
    ("values", "expected"), [(EXAMPLE, ("evt_1", "apt_123456")), ({}, ("", "")), ({"data": {"appointment": []}}, ("", ""))]
)
def test_keys_are_read_without_ever_failing(values, expected):
    assert payloads.visit_key(values) == expected


@pytest.mark.parametrize(
    ("end", "complete", "cursor"),
    [
        ({"next_cursor": None, "complete": True}, True, ""),
        ({"next_cursor": "c2", "complete": True}, False, "c2"),
        ({"next_cursor": None, "complete": False}, False, ""),
        ({}, False, ""),
    ],
)
def test_a_listing_is_complete_only_when_it_says_so(end, complete, cursor):
    found = payloads.listing({"data": [EXAMPLE["data"]]} | end, PARIS)

    assert (found.visits, found.complete, found.cursor) == ((VISIT,), complete, cursor)


def test_a_visit_without_patient_has_none():
    assert payloads.visit(EXAMPLE["data"] | {"patient": None}, PARIS).patient is None


def test_names_and_closed_times_are_lists():
    busy = {"id": "b1", "practitioner_id": "pra_001", "start_time": "2025-11-20T14:00:00Z", "end_time": "2025-11-20T15:00:00Z"}

    assert payloads.named({"data": [{"id": 1, "name": "Dr. Martin"}]}) == [("1", "Dr. Martin")]
    assert payloads.busy_list({"data": [busy]}, PARIS) == [PlatformBusy("pra_001", START, START + timedelta(hours=1), "b1")]
    with pytest.raises(NotUnderstood):
        payloads.named({"data": ["x"]})


def test_a_new_visit_is_written_with_its_person():
    wanted = replace(VISIT, client_reference="ours")

    assert payloads.new_visit(wanted) == {
        "practitioner_id": "pra_001",
        "start_time": "2025-11-20T14:00:00Z",
        "duration": 45,
        "visit_motive_id": "mot_1",
        "client_reference": "ours",
        "patient": {
            "first_name": "Jean",
            "last_name": "Dupont",
            "birth_date": "1980-05-17",
            "email": "jean.dupont@example.com",
            "phone": "+33612345678",
        },
    }


def test_a_new_visit_without_reason_or_contact_leaves_them_out():
    wanted = replace(VISIT, reason="", patient=PlatformPatient("Jean", birth_name="Dupont"))

    body = payloads.new_visit(wanted)

    assert "visit_motive_id" not in body
    assert body["patient"] == {"first_name": "Jean", "last_name": "Dupont", "birth_date": None, "email": None, "phone": None}
    assert payloads.new_visit(replace(wanted, patient=None))["patient"]["first_name"] == ""


@pytest.mark.parametrize(
    ("wanted", "body"),
    [
        (VISIT, {}),
        (replace(VISIT, start=START + timedelta(hours=1), end=START + timedelta(minutes=105)), {"start_time": "2025-11-20T15:00:00Z"}),
        (replace(VISIT, end=START + timedelta(minutes=30)), {"duration": 30}),
        (replace(VISIT, status=VisitStatus.NO_SHOW), {"status": "no_show"}),
    ],
)
def test_a_change_names_only_what_differs(wanted, body):
    assert payloads.changes(VISIT, wanted) == body


def test_a_closed_time_says_nothing_about_anybody():
    wanted = PlatformBusy("pra_001", START, START + timedelta(hours=1), client_reference="ours")
    times = {"start_time": "2025-11-20T14:00:00Z", "end_time": "2025-11-20T15:00:00Z"}

    assert payloads.new_busy(wanted) == {"practitioner_id": "pra_001", "client_reference": "ours"} | times
    assert payloads.created_busy({"id": "b1"}, wanted) == replace(wanted, external_id="b1")
