"""Maiia's words, both ways."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.errors import NotUnderstood
from integrations.maiia import payloads
from integrations.speaking.vocabulary import PlatformBusy, PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus

PARIS = ZoneInfo("Europe/Paris")
APPOINTMENT = {
    "id": "a1b2",
    "practitionerId": "p-7",
    "centerId": "c-1",
    "consultationReasonId": "cr-2",
    "startDateTime": "2025-11-20T13:00:00Z",
    "endDateTime": "2025-11-20T13:45:00Z",
    "state": "BOOKED",
    "revision": 4,
    "externalReference": None,
    "patient": {
        "id": "x-9",
        "firstName": "Sophie",
        "birthName": "Dubois",
        "birthDate": "1975-02-03",
        "mobilePhone": "0612345678",
        "email": None,
    },
}
EXAMPLE = {"type": "APPOINTMENT_CREATED", "eventId": "e1", "emittedAt": "2025-11-16T10:00:00Z", "appointment": APPOINTMENT}
START = datetime(2025, 11, 20, 13, tzinfo=UTC)
VISIT = PlatformVisit(
    external_id="a1b2",
    practitioner="p-7",
    start=START,
    end=START + timedelta(minutes=45),
    version=4,
    reason="cr-2",
    site="c-1",
    patient=PlatformPatient("Sophie", "", "Dubois", date(1975, 2, 3), "", "0612345678", "x-9"),
    raw=APPOINTMENT,
)


def told(**changes) -> bytes:
    """The contract's example with other values in its appointment."""
    return json.dumps(EXAMPLE | {"appointment": APPOINTMENT | changes}).encode()


def test_the_contracts_example():
    assert payloads.event(told(), PARIS) == PlatformEvent(VISIT, "e1", datetime(2025, 11, 16, 10, tzinfo=UTC))


def test_a_cancellation_says_so_whatever_its_state():
    raw = json.dumps(EXAMPLE | {"type": "APPOINTMENT_CANCELLED"}).encode()

    assert payloads.event(raw, PARIS).visit.status == VisitStatus.CANCELLED


@pytest.mark.parametrize(
    ("state", "expected"), [("BOOKED", "confirmed"), ("CANCELLED", "cancelled"), ("HONORED", "done"), ("missed", "no_show")]
)
def test_states(state, expected):
    assert payloads.event(told(state=state), PARIS).visit.status == expected


@pytest.mark.parametrize(
    "changes",
    [{"state": "MAYBE"}, {"endDateTime": "2025-11-20T13:00:00Z"}, {"practitionerId": None}, {"revision": True}, {"startDateTime": None}],
)
def test_what_is_not_the_contract_is_not_understood(changes):
    with pytest.raises(NotUnderstood):
        payloads.event(told(**changes), PARIS)


def test_another_type_is_not_understood():
    with pytest.raises(NotUnderstood):
        payloads.event(json.dumps(EXAMPLE | {"type": "PING"}).encode(), PARIS)


@pytest.mark.parametrize(("values", "expected"), [(EXAMPLE, ("e1", "a1b2")), ({}, ("", "")), ({"appointment": 3}, ("", ""))])
def test_keys_are_read_without_ever_failing(values, expected):
    assert payloads.visit_key(values) == expected


@pytest.mark.parametrize(
    ("end", "complete", "cursor", "total"),
    [
        ({"last": True, "total": 1, "page": 0}, True, "", 1),
        ({"last": False, "total": 9, "page": 2}, False, "3", 9),
        ({"total": 1}, False, "1", 1),
        ({}, False, "1", None),
    ],
)
def test_a_page_says_whether_it_is_the_last(end, complete, cursor, total):
    answer = {"items": [APPOINTMENT]} | end
    found = payloads.listing(answer, PARIS)

    assert (found.visits, found.complete, found.cursor, payloads.total(answer)) == ((VISIT,), complete, cursor, total)


def test_an_empty_page_that_is_not_the_last_ends_the_reading():
    assert payloads.listing({"items": [], "last": False}, PARIS).cursor == ""


def test_names_and_blocks_are_lists():
    block = {"id": "t1", "practitionerId": "p-7", "startDateTime": "2025-11-20T13:00:00Z", "endDateTime": "2025-11-20T14:00:00Z"}

    assert payloads.named({"items": [{"id": "p-7", "name": "Dr Aubry"}]}) == [("p-7", "Dr Aubry")]
    assert payloads.busy_list({"items": [block]}, PARIS) == [PlatformBusy("p-7", START, START + timedelta(hours=1), "t1")]


def test_a_new_visit_is_the_appointment_without_id_state_and_revision():
    wanted = replace(VISIT, client_reference="ours", patient=replace(VISIT.patient, email="sophie@x.example"))

    assert payloads.new_visit(wanted) == {
        "practitionerId": "p-7",
        "consultationReasonId": "cr-2",
        "startDateTime": "2025-11-20T13:00:00Z",
        "endDateTime": "2025-11-20T13:45:00Z",
        "externalReference": "ours",
        "patient": {
            "firstName": "Sophie",
            "birthName": "Dubois",
            "birthDate": "1975-02-03",
            "mobilePhone": "0612345678",
            "email": "sophie@x.example",
        },
    }


def test_a_new_visit_of_nobody_known_has_empty_names():
    assert payloads.new_visit(replace(VISIT, reason="", patient=None))["patient"] == {
        "firstName": "",
        "birthName": "",
        "birthDate": None,
        "mobilePhone": None,
        "email": None,
    }


def test_a_replacement_keeps_what_maiia_alone_knows_at_the_revision_read():
    wanted = replace(VISIT, start=START + timedelta(hours=1), end=START + timedelta(hours=2), status=VisitStatus.DONE)

    changed = {"startDateTime": "2025-11-20T14:00:00Z", "endDateTime": "2025-11-20T15:00:00Z", "state": "HONORED", "revision": 4}
    assert payloads.replacement(VISIT, wanted) == APPOINTMENT | changed


def test_a_closed_time_says_nothing_about_anybody():
    wanted = PlatformBusy("p-7", START, START + timedelta(hours=1), client_reference="ours")
    times = {"startDateTime": "2025-11-20T13:00:00Z", "endDateTime": "2025-11-20T14:00:00Z"}

    assert payloads.new_block(wanted) == {"practitionerId": "p-7", "externalReference": "ours"} | times
    assert payloads.created_block({"id": "t1"}, wanted) == replace(wanted, external_id="t1")
