"""Keldoc's words, both ways, and the signature of its calls."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from integrations.errors import NotUnderstood
from integrations.keldoc import payloads
from integrations.keldoc.signing import authorization, sign
from integrations.speaking.vocabulary import PlatformBusy, PlatformEvent, PlatformPatient, PlatformVisit, VisitStatus

PARIS = ZoneInfo("Europe/Paris")
APPOINTMENT = {
    "id": 8201,
    "agenda_id": 101,
    "start_at": "2025-11-20T14:00:00+01:00",
    "duration": 2700,
    "reference": None,
    "patient_comment": "",
    "state": "confirmed",
    "no_show": False,
    "no_show_excused": False,
    "patient_arrived": False,
    "motive_id": 11,
    "skip_sms_confirmation": False,
    "skip_email_confirmation": False,
    "skip_sms_reminder": False,
    "skip_email_reminder": False,
    "patient_id": 77,
    "patient": {
        "id": 77,
        "first_name": "Sophie",
        "last_name": "Dubois",
        "maiden_name": "Marchand",
        "birth_date": "1975-02-03",
        "gender": "f",
        "phone": "0612345678",
        "phone2": None,
        "email": None,
        "street": None,
        "city": None,
        "zipcode": None,
    },
    "updated_at": "2025-11-16T10:00:00.000250+00:00",
}
CLOSED = {name: APPOINTMENT[name] for name in ("agenda_id", "start_at", "duration", "state")} | {
    "id": 9001,
    "reference": "ours",
    "patient_id": None,
    "patient": None,
}
EXAMPLE = {"id": "evt_1", "event": "appointment.created", "created_at": "2025-11-16T10:00:00Z", "appointment": APPOINTMENT}
START = datetime(2025, 11, 20, 13, tzinfo=UTC)
CHANGED = datetime(2025, 11, 16, 10, 0, 0, 250, tzinfo=UTC)
VISIT = PlatformVisit(
    external_id="8201",
    practitioner="101",
    start=START,
    end=START + timedelta(minutes=45),
    version=int(CHANGED.replace(microsecond=0).timestamp()) * 1_000_000 + 250,
    reason="11",
    patient=PlatformPatient("Sophie", "Dubois", "Marchand", date(1975, 2, 3), "", "0612345678", "77"),
)
PLACE = {"agenda_id": 101, "start_at": "2025-11-20T13:00:00+00:00", "duration": 2700, "state": "confirmed"}
NO_NEWS = {"skip_sms_confirmation": True, "skip_email_confirmation": True}
NO_REMINDER = {"skip_sms_reminder": True, "skip_email_reminder": True}


def told(**changes) -> bytes:
    """The example with other values in its appointment."""
    return json.dumps(EXAMPLE | {"appointment": APPOINTMENT | changes}).encode()


def test_a_webhook():
    assert payloads.event(told(), PARIS) == PlatformEvent(VISIT, "evt_1", datetime(2025, 11, 16, 10, tzinfo=UTC))


def test_a_cancellation_says_so_whatever_its_state():
    raw = json.dumps(EXAMPLE | {"event": "appointment.canceled"}).encode()

    assert payloads.event(raw, PARIS).visit.status == VisitStatus.CANCELLED


def test_a_closed_time_is_no_visit():
    assert payloads.event(json.dumps(EXAMPLE | {"appointment": CLOSED}).encode(), PARIS) is None


def test_another_event_is_not_understood():
    with pytest.raises(NotUnderstood):
        payloads.event(json.dumps(EXAMPLE | {"event": "patient.created"}).encode(), PARIS)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, VisitStatus.CONFIRMED),
        ({"state": None}, VisitStatus.CONFIRMED),
        ({"state": "canceled", "no_show": True}, VisitStatus.CANCELLED),
        ({"no_show": True}, VisitStatus.NO_SHOW),
        ({"no_show": True, "no_show_excused": True}, VisitStatus.CONFIRMED),
        ({"patient_arrived": True}, VisitStatus.CONFIRMED),
    ],
)
def test_states(changes, status):
    assert payloads.event(told(**changes), PARIS).visit.status == status


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "pending"},
        {"duration": None},
        {"duration": 0},
        {"duration": 86_401},
        {"agenda_id": None},
        {"start_at": "soon"},
        {"updated_at": "soon"},
    ],
)
def test_what_is_not_the_contract_is_not_understood(changes):
    with pytest.raises(NotUnderstood):
        payloads.event(told(**changes), PARIS)


def test_a_visit_may_say_little():
    little = {name: APPOINTMENT[name] for name in ("id", "agenda_id", "start_at", "duration", "patient_id")}

    assert payloads.visit(little, PARIS) == replace(VISIT, version=None, reason="", patient=None)


def test_a_second_phone_is_better_than_none():
    patient = APPOINTMENT["patient"] | {"phone": None, "phone2": "0311223344"}

    assert payloads.visit(APPOINTMENT | {"patient": patient}, PARIS).patient.phone == "0311223344"


@pytest.mark.parametrize(("values", "expected"), [(EXAMPLE, ("evt_1", "8201")), ({}, ("", "")), ({"appointment": 3}, ("", ""))])
def test_keys_are_read_without_ever_failing(values, expected):
    assert payloads.visit_key(values) == expected


@pytest.mark.parametrize(
    ("end", "complete", "cursor", "total"),
    [
        ({"last": True, "total": 2, "page": 0}, True, "", 2),
        ({"last": False, "total": 9, "page": 2}, False, "3", 9),
        ({"total": 2}, False, "1", 2),
        ({}, False, "1", None),
    ],
)
def test_a_page_leaves_closed_times_out_and_says_whether_it_is_the_last(end, complete, cursor, total):
    answer = {"appointments": [APPOINTMENT, CLOSED]} | end
    found = payloads.listing(answer, PARIS)

    assert (found.visits, found.complete, found.cursor, payloads.total(answer)) == ((VISIT,), complete, cursor, total)
    assert payloads.identifiers(answer) == {"8201", "9001"}


def test_an_empty_page_that_is_not_the_last_ends_the_reading():
    assert payloads.listing({"appointments": [], "last": False}, PARIS).cursor == ""


def test_closed_times_are_the_appointments_of_nobody():
    gone = CLOSED | {"id": 9002, "state": "canceled"}

    found = payloads.busy_list({"appointments": [APPOINTMENT, CLOSED, gone]}, PARIS)

    assert found == [PlatformBusy("101", START, START + timedelta(minutes=45), "9001", "ours")]


def test_names_are_read_from_the_configuration():
    config = {"agendas": [{"id": 101, "name": "Dr Aubry"}], "motives": [{"id": 11, "name": "Suivi", "duration": 20}]}

    assert (payloads.named(config, "agendas"), payloads.named(config, "motives")) == ([("101", "Dr Aubry")], [("11", "Suivi")])


def test_a_new_visit_is_confirmed_and_reminded_by_the_cabinet():
    body = payloads.new_visit(replace(VISIT, client_reference="ours"))

    patient = {"first_name": "Sophie", "last_name": "Dubois", "maiden_name": "Marchand", "birth_date": "1975-02-03", "phone": "0612345678"}
    assert body == PLACE | {"motive_id": 11, "reference": "ours", "patient_attributes": patient} | NO_NEWS | NO_REMINDER


def test_a_new_visit_that_keldoc_reminds_says_so_by_leaving_the_reminders_alone():
    body = payloads.new_visit(replace(VISIT, reminded_there=True))

    assert {name for name in body if name.startswith("skip_")} == set(NO_NEWS)


def test_a_new_visit_of_nobody_known_has_empty_names():
    body = payloads.new_visit(replace(VISIT, practitioner="p-7", reason="", patient=None))

    assert (body["patient_attributes"], body["agenda_id"], "motive_id" in body) == ({"first_name": "", "last_name": ""}, "p-7", False)


def test_a_person_known_by_the_birth_name_only_has_no_maiden_name():
    person = replace(VISIT.patient, used_name="", birth_date=None, phone="")

    assert payloads.new_visit(replace(VISIT, patient=person))["patient_attributes"] == {"first_name": "Sophie", "last_name": "Marchand"}


def test_a_move_says_only_what_differs_and_what_is_always_asked():
    wanted = replace(VISIT, start=START + timedelta(hours=1), end=START + timedelta(hours=1, minutes=45))

    kept = {"start_at": "2025-11-20T14:00:00+00:00", "agenda_id": 101, "state": "confirmed"}
    assert payloads.changes(VISIT, wanted) == kept | NO_NEWS | NO_REMINDER
    assert payloads.changes(VISIT, replace(wanted, reminded_there=True)) == kept | NO_NEWS
    longer = replace(VISIT, end=START + timedelta(hours=1))
    assert payloads.changes(VISIT, longer)["duration"] == 3600


@pytest.mark.parametrize(
    ("status", "said"), [(VisitStatus.NO_SHOW, {"no_show": True}), (VisitStatus.CANCELLED, {"state": "canceled"}), (VisitStatus.DONE, None)]
)
def test_statuses_out_as_far_as_keldoc_has_words(status, said):
    body = payloads.changes(VISIT, replace(VISIT, status=status))

    assert body == {} if said is None else said.items() <= body.items()


def test_keldoc_is_told_to_leave_the_reminders_to_the_cabinet_once():
    reminded = payloads.visit(APPOINTMENT, PARIS)
    silent = payloads.visit(APPOINTMENT | NO_REMINDER, PARIS)

    assert (reminded.reminded_there, silent.reminded_there) == (True, False)
    kept = {name: PLACE[name] for name in ("start_at", "agenda_id", "state")}
    assert payloads.changes(reminded, VISIT) == kept | NO_NEWS | NO_REMINDER
    assert payloads.changes(reminded, replace(VISIT, reminded_there=True)) == {}
    assert payloads.changes(silent, VISIT) == {}


def test_a_cancellation_leaves_the_news_to_the_cabinet():
    assert payloads.cancellation(VISIT) == PLACE | {"state": "canceled"} | NO_NEWS | NO_REMINDER


def test_a_closed_time_says_nothing_about_anybody():
    wanted = PlatformBusy("101", START, START + timedelta(minutes=45), client_reference="ours")

    assert payloads.new_busy(wanted) == PLACE | {"reference": "ours"}
    assert payloads.created_busy({"id": 9001}, wanted) == replace(wanted, external_id="9001")


def test_the_signature_is_the_mac_of_date_and_media_type_with_the_usual_characters_only():
    value = authorization("acc-ess", "s3cret", "2019-03-04T10:00:00+01:00", "application/json")

    # printf '2019-03-04T10:00:00+01:00,application/json' | openssl dgst -sha256 -hmac s3cret -binary | base64
    assert value == "Bearer access:TD40XXt50vuQ3jIs80NfYfedYFw0lrSKqd1551fA2Q="


def test_a_request_is_dated_in_paris_and_signed_over_its_own_media_type():
    request = httpx.Request("POST", "https://keldoc.example/partners/appointments", json={})

    sign(request, "access", "s3cret", datetime(2019, 3, 4, 9, tzinfo=UTC))

    assert request.headers["date"] == "2019-03-04T10:00:00+01:00"
    assert request.headers["authorization"] == authorization("access", "s3cret", "2019-03-04T10:00:00+01:00", "application/json")
