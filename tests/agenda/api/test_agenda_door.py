"""The agenda over REST: lean rows that are the visits' own, 304 until something is written, a number of queries that does not grow."""

from datetime import date, timedelta

import pytest

from agenda.desk.kept_visits import forget_lines
from agenda.models import Appointment, OccupancyVersion
from agenda.scheduling import cancel_appointment, change_status
from tests.agenda.diary import MONDAY, NOW, PATIENT, STAFF, at, make_patient, make_practitioner
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

WEEK = "agenda?from=2026-03-02&to=2026-03-09"
LEAN = ("id", "version", "status", "lane", "start", "end", "practitioner", "site", "visit_reason", "patient", "source")


@pytest.fixture
def ben(diary):
    """A second column."""
    return make_practitioner(diary.site, first_name="Ben", position=1)


def add_visits(diary, practitioner, days: int, first: date = MONDAY) -> None:
    """One visit a day, written as they are."""
    Appointment.objects.bulk_create(
        Appointment(
            practitioner=practitioner, start=at(9, day=first + timedelta(days=n)), end=at(10, day=first + timedelta(days=n)),
            source="doctolib", booked_by="x",
        )
        for n in range(days)
    )  # fmt: skip


def test_rows_are_the_contract_s_appointments_without_what_is_heavy(partner, diary, ben):
    first = diary.book(at(9))
    change_status(appointment_id=diary.book(at(10), actor=STAFF, source="phone").id, status="arrived", actor=STAFF, now=NOW)
    cancel_appointment(appointment_id=diary.book(at(11)).id, by="patient", reason="", actor=PATIENT, now=NOW)
    add_visits(diary, ben, 1)

    body = partner.get(WEEK).json()

    whole = {row["id"]: row for row in partner.get("appointments?from=2026-03-02&to=2026-03-09").json()["results"]}
    assert body == {
        "time_zone": "Europe/Paris", "from": "2026-03-02", "to": "2026-03-09",
        "results": [{name: whole[row["id"]][name] for name in LEAN} for row in body["results"]],
    }  # fmt: skip
    assert [row["start"][11:16] for row in body["results"]] == ["09:00", "10:00", "11:00", "09:00"]
    assert body["results"][0]["id"] == str(first.id)


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
def test_times_are_right_on_both_sides_of_a_change_of_clocks(partner, diary, day):
    add_visits(diary, diary.alma, 4, day)
    Appointment.objects.filter(start=at(9, day=day)).update(end=at(9, day=day + timedelta(days=1)))

    found = partner.get(f"agenda?from={day}&to={day + timedelta(days=4)}").json()["results"]

    whole = partner.get(f"appointments?from={day}&to={day + timedelta(days=4)}").json()["results"]
    assert [(row["start"], row["end"]) for row in found] == [(row["start"], row["end"]) for row in whole]


def test_only_those_asked_for_and_only_the_days_asked_for(partner, diary, ben):
    add_visits(diary, diary.alma, 9)
    add_visits(diary, ben, 9)

    body = partner.get(f"agenda?from=2026-03-03&to=2026-03-05&practitioner={ben.id}").json()

    assert [(row["practitioner"], row["start"][:10]) for row in body["results"]] == [(str(ben.id), f"2026-03-0{n}") for n in (3, 4)]


def test_a_source_with_quotes_stays_json(partner, diary):
    add_visits(diary, diary.alma, 1)
    Appointment.objects.update(source='a"\\b')

    assert partner.get(WEEK).json()["results"][0]["source"] == 'a"\\b'


@pytest.mark.parametrize(
    "write",
    [
        lambda diary: diary.book(at(11)),
        lambda diary: change_status(appointment_id=Appointment.objects.get().id, status="arrived", actor=STAFF, now=NOW),
        lambda diary: Appointment.objects.update(patient=make_patient(first_names="Zoé")),
        lambda diary: Appointment.objects.update(practitioner=make_practitioner(diary.site)),
        lambda diary: Appointment.objects.all().delete(),
        lambda diary: make_practitioner(diary.site),
    ],
    ids=["booking", "arrival", "patient", "practitioner", "deletion", "column"],
)
def test_304_until_something_is_written(partner, diary, write):
    diary.book(at(9))
    held = partner.get(WEEK)["ETag"]
    assert partner.get(WEEK, If_None_Match=f"W/{held}").status_code == 304

    write(diary)

    after = partner.get(WEEK, If_None_Match=held)
    forget_lines()
    assert (after.status_code, after.json()) == (200, partner.get(WEEK).json())


def test_a_write_bumps_each_version_once(diary, ben):
    before = dict(OccupancyVersion.objects.values_list("resource", "number"))
    add_visits(diary, ben, 30)
    after = dict(OccupancyVersion.objects.values_list("resource", "number"))
    assert set(after.items()) - set(before.items()) == {(ben.id, after[ben.id])}


@pytest.mark.parametrize("days", [1, 30])
def test_queries_do_not_grow_with_visits(diary, days, partner, django_assert_num_queries):
    add_visits(diary, diary.alma, days)
    month = "agenda?from=2026-03-02&to=2026-04-02"
    partner.get(month)
    with django_assert_num_queries(1):
        assert len(partner.get(month).json()["results"]) == days
    forget_lines()
    with django_assert_num_queries(2):
        partner.get(month)


@pytest.mark.parametrize(
    ("query", "status", "flaw"),
    [
        ("from=2026-03-02&to=2026-04-03", 422, ("/to", "window-not-valid")),
        ("from=2026-03-02&to=2026-03-02", 422, ("/to", "window-not-valid")),
        ("from=2026-03-02", 422, ("/to", "required")),
        ("from=2026-03-02&to=2026-03-03&practitioner=00000000-0000-4000-8000-000000000000", 422, ("/practitioner", "unknown-reference")),
    ],
)
def test_what_cannot_be_asked(partner, diary, query, status, flaw):
    answer = partner.get(f"agenda?{query}")
    assert (answer.status_code, flaws(answer)) == (status, [flaw])


def test_the_scope_is_asked_for(cabinet, diary):
    assert Partner(TOURCOING, "settings:read").get(WEEK).status_code == 403
