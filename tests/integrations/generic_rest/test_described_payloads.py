"""A described platform's words, both ways."""

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.errors import NotUnderstood
from integrations.generic_rest.connector import GenericRestConnector
from integrations.generic_rest.payloads import Words
from integrations.generic_rest.shipped import ClickdocConnector, DocorgaConnector, MedoucineConnector
from integrations.generic_rest.templates import fill, fill_path
from integrations.generic_rest.understanding import understand
from integrations.speaking.vocabulary import PlatformBusy, PlatformPatient, PlatformVisit, VisitStatus
from tests.integrations.generic_rest.test_understanding import changed

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2027, 3, 1, 9, tzinfo=PARIS)
HALF_PAST = datetime(2027, 3, 1, 9, 30, tzinfo=PARIS)
SOPHIE = PlatformPatient("Sophie", "Dubois", "Petit", date(1975, 2, 3), "s@patients.example", "+33639980012", "77")
VISIT = PlatformVisit("12", "501", NINE.astimezone(UTC), HALF_PAST.astimezone(UTC), reason="61", client_reference="ours-1", patient=SOPHIE)
CLICKDOC = {"appointmentId": "a", "calendarId": "c", "begin": "2027-03-01T08:00:00Z", "durationMinutes": 30}
DOCORGA = {
    "id": 12, "agenda": 501, "motif": 61, "debut": "2027-03-01T09:00:00", "fin": "2027-03-01T09:30:00", "etat": "confirme",
    "reference": "ours-1", "modifie_le": "2027-02-01T10:00:00.000250+00:00",
    "patient": {"id": 77, "prenom": "Sophie", "nom": "Dubois", "nom_naissance": "Petit", "ne_le": "1975-02-03",
                "telephone": "+33639980012", "courriel": "s@patients.example"},
}  # fmt: skip


def words(kind: type[GenericRestConnector], zone: ZoneInfo = PARIS) -> Words:
    return Words(kind.described, zone)


def body(kind: type[GenericRestConnector], call: str, said: dict[str, Any]) -> Any:
    return fill(kind.described.visits.calls[call].body, said)


def test_wall_time_is_the_cabinet_s():
    read = words(DocorgaConnector).visit(DOCORGA)

    assert read == PlatformVisit(**{**{name: getattr(VISIT, name) for name in VISIT.__slots__}, "version": 1801476000000250})
    assert words(DocorgaConnector, ZoneInfo("Indian/Reunion")).visit(DOCORGA).start == datetime(2027, 3, 1, 5, tzinfo=UTC)


def test_seconds_since_1970_are_read_and_written():
    told = {"uuid": "b", "practitioner_uuid": "th-1", "from": int(NINE.timestamp()), "length": 1800, "status": "missed", "rev": 3}

    read = words(MedoucineConnector).visit(told)

    assert (read.start, read.end, read.status, read.version, read.patient) == (NINE, HALF_PAST, VisitStatus.NO_SHOW, 3, None)
    assert words(MedoucineConnector).moment(NINE) == int(NINE.timestamp())


@pytest.mark.parametrize(
    "changes",
    [
        {"begin": None}, {"begin": "soon"}, {"begin": 12}, {"durationMinutes": None}, {"durationMinutes": 0}, {"durationMinutes": 1441},
        {"durationMinutes": "long"}, {"appointmentId": None}, {"appointmentId": {}}, {"calendarId": True}, {"state": "PERHAPS"},
        {"revision": "x"}, {"externalId": []},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_not_understood(changes: dict[str, Any]):
    with pytest.raises(NotUnderstood):
        words(ClickdocConnector).visit(CLICKDOC | changes)


@pytest.mark.parametrize("moment", [10**20, -(10**20), "2027-03-01T25:00:00", True])
def test_impossible_seconds_are_not_understood(moment: Any):
    with pytest.raises(NotUnderstood):
        words(MedoucineConnector).visit({"uuid": "b", "practitioner_uuid": "th-1", "from": moment, "length": 1800})


def test_a_new_visit_in_their_words_numbers_as_numbers():
    said = words(DocorgaConnector).said_of_visit(VISIT)

    assert body(DocorgaConnector, "create", said) == {
        name: value for name, value in DOCORGA.items() if name not in ("id", "etat", "modifie_le")
    } | {"patient": {name: value for name, value in DOCORGA["patient"].items() if name != "id"}}


def test_what_is_not_known_is_left_out():
    visit = PlatformVisit("", "cal-1", NINE, HALF_PAST, client_reference="ours-1", patient=PlatformPatient("Nour", birth_name="Haddad"))

    said = body(ClickdocConnector, "create", words(ClickdocConnector).said_of_visit(visit))

    assert said == {
        "calendarId": "cal-1",
        "begin": "2027-03-01T08:00:00Z",
        "durationMinutes": 30,
        "externalId": "ours-1",
        "patient": {"name": {"given": "Nour", "family": "Haddad", "birth": "Haddad"}},
    }


def test_a_status_that_they_have_no_word_for_stays_as_it_was():
    wire = understand(changed(visits__statuses__done=None))
    done = PlatformVisit("a", "c", NINE, HALF_PAST, VisitStatus.DONE)
    standing = PlatformVisit("a", "c", NINE, HALF_PAST, VisitStatus.CONFIRMED)

    assert Words(wire, PARIS).said_of_visit(done, standing)["status"] == "BOOKED"


@pytest.mark.parametrize(
    ("times", "written"),
    [("utc", "2027-03-01T08:00:00Z"), ("offset", "2027-03-01T09:00:00+01:00"), ("local", "2027-03-01T09:00:00"), ("epoch", 1803888000)],
)
def test_time_is_written_as_described(times: str, written: str | int):
    assert Words(understand(changed(times=times)), PARIS).moment(NINE) == written


def test_events_of_a_kind_that_is_ignored_are_about_no_visit():
    wire = understand(changed(webhooks__kinds={"APPOINTMENT_BOOKED": "told", "CALENDAR_RENAMED": "ignored"}))

    def told(kind: str) -> bytes:
        return json.dumps({"eventId": "e", "eventType": kind, "payload": {"appointment": CLICKDOC}}).encode()

    event = Words(wire, PARIS).event(told("APPOINTMENT_BOOKED"))
    assert event is not None
    assert (event.event_id, event.visit.external_id, event.occurred_at) == ("e", "a", None)
    assert Words(wire, PARIS).event(told("CALENDAR_RENAMED")) is None
    with pytest.raises(NotUnderstood):
        Words(wire, PARIS).event(told("SOMETHING"))


@pytest.mark.parametrize("values", [{}, {"payload": 3}, {"payload": {"appointment": []}}, {"eventId": {"x": 1}}])
def test_the_keys_of_an_event_are_read_as_far_as_they_can_be(values: dict[str, Any]):
    assert words(ClickdocConnector).keys_of(values) == ("", "")


def test_who_expects_no_webhooks_understands_none():
    assert words(MedoucineConnector).keys_of({"uuid": "b"}) == ("", "")
    with pytest.raises(NotUnderstood):
        MedoucineConnector.read_event(b"{}", PARIS)


def test_closed_times_both_ways():
    told = {"uuid": "u", "practitioner_uuid": "th-1", "from": int(NINE.timestamp()), "length": 1800, "foreign_key": "ours-2"}
    busy = PlatformBusy("th-1", NINE.astimezone(UTC), HALF_PAST.astimezone(UTC), "u", "ours-2")

    assert words(MedoucineConnector).busy(told) == busy
    closing = MedoucineConnector.described.closed_times.calls["create"].body
    assert fill(closing, words(MedoucineConnector).said_of_busy(busy)) == {name: each for name, each in told.items() if name != "uuid"}


def test_a_foreign_id_is_one_part_of_a_path():
    assert fill_path("/a/{id}", {"id": "../b?c=d"}) == "/a/..%2Fb%3Fc%3Dd"
    assert fill({"text": "n° {id}, {nothing}", "list": ["{id}"], "kept": None}, {"id": 7}) == {"text": "n° 7, ", "list": [7], "kept": None}
