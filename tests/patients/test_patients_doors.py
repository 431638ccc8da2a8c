"""Patients over REST."""

import pytest

from patients.models import Patient
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

NOUR = {
    "birth_name": "Haddad",
    "first_names": "Nour",
    "birth_date": "1990-05-17",
    "phone": "06 39 98 00 01",
    "email": "nour@patients.example",
}


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key for patients."""
    return Partner(TOURCOING, "patients:write")


def test_a_patient_is_created_and_read(partner):
    made = partner.post("patients", NOUR)

    shown = made.json()
    assert (made.status_code, made["ETag"], shown["phone"], shown["provisional"], shown["duplicates_of"]) == (
        201,
        '"1"',
        "+33639980001",
        False,
        [],
    )
    assert partner.get(f"patients/{shown['id']}").json() == shown


@pytest.mark.parametrize(
    ("changes", "status", "flaw"),
    [
        ({"first_names": ""}, 422, ("/first_names", "required")),
        ({"birth_name": None}, 422, ("/birth_name", "required")),
        ({"phone": "12"}, 422, ("/phone", "phone-not-valid")),
        ({"email": "nobody"}, 422, ("/email", "email-not-valid")),
        ({"birth_date": "2190-01-01"}, 422, ("/birth_date", "birth-date-not-possible")),
        ({"birth_date": "2001-02-29"}, 422, ("/birth_date", "date-not-valid")),
        ({"birth_date": "17/05/1990"}, 400, ("/birth_date", "wrong-type")),
        ({"sex": "X"}, 422, ("/sex", "not-a-choice")),
        ({"known": True}, 422, ("/known", "not-writable")),
        ({"provisional": False}, 422, ("/provisional", "not-writable")),
    ],
)
def test_impossible_patients_are_refused(partner, changes, status, flaw):
    response = partner.post("patients", {**NOUR, **changes})

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_a_change_counts_a_version(partner):
    made = partner.post("patients", NOUR).json()

    changed = partner.patch(f"patients/{made['id']}", {"used_name": "Benali", "email": None}, 1)

    assert (changed["ETag"], changed.json()["used_name"], changed.json()["email"]) == ('"2"', "Benali", None)
    assert partner.patch(f"patients/{made['id']}", {}, 1).status_code == 412
    assert partner.patch(f"patients/{made['id']}", {}).status_code == 428


def test_a_likely_duplicate_is_said(partner):
    first = partner.post("patients", NOUR).json()

    second = partner.post("patients", {**NOUR, "birth_name": "Hadad"}).json()

    assert second["duplicates_of"] == [first["id"]]


@pytest.mark.parametrize(
    "q", ["hadd", "nour haddad", "HADDAD No", "0639980001", "06 39 98", "%2B33639980001", "17/05/1990", "1990-05-17 nou"]
)
def test_patients_are_found_as_the_desk_finds_them(partner, q):
    made = partner.post("patients", NOUR).json()
    partner.post("patients", {"birth_name": "Petit", "first_names": "Élodie"})

    assert [row["id"] for row in partner.get(f"patients?q={q}").json()["results"]] == [made["id"]]


def test_only_the_cabinet_s_own_keys_say_that_a_patient_is_known(cabinet):
    staff = Partner(TOURCOING, "patients:write", staff=True)

    made = staff.post("patients", {**NOUR, "known": True}).json()

    assert (made["known"], Patient.objects.get().known) == (True, True)


def test_without_the_scope_nothing_is_shown(cabinet):
    response = Partner(TOURCOING, "agenda:write").get("patients")

    assert (response.status_code, response.json()["code"]) == (403, "missing-scope")


def test_pages_neither_miss_nor_repeat_while_others_are_added_and_deleted(partner):
    ids = [partner.post("patients", {"birth_name": f"N{n}", "first_names": "A"}).json()["id"] for n in range(5)]
    seen, url = [], "patients?limit=2"
    while url:
        body = partner.get(url).json()
        seen += [row["id"] for row in body["results"]]
        url = body["next"]
        Patient.objects.filter(pk=ids[0]).update(birth_name="Z")

    assert seen == ids
