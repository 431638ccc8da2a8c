"""Who is who."""

from datetime import UTC, date, datetime

import pytest

from patients.matching import near_matches
from patients.models import DuplicateCandidate, Patient
from patients.registration import PatientDetails, find_or_register, register_patient
from patients.traits import e164

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOUR = PatientDetails("Nour", birth_name="Haddad", birth_date=date(1990, 5, 17), phone="0639980001", email="nour@patients.example")


def details(**changes: object) -> PatientDetails:
    """Nour's details, changed."""
    return PatientDetails(**{**{name: getattr(NOUR, name) for name in PatientDetails.__dataclass_fields__}, **changes})


@pytest.mark.parametrize(
    "changes", [{}, {"phone": ""}, {"email": "", "phone": "+33 6 39 98 00 01"}, {"first_names": "NOUR"}, {"email": "NOUR@patients.example"}]
)
def test_the_same_person_is_found(cabinet, changes):
    nour = register_patient(NOUR, by="Basile", now=NOW)

    assert find_or_register(details(**changes), by="api:Portail", now=NOW) == (nour, False)


@pytest.mark.parametrize(
    "changes", [{"birth_date": date(1990, 5, 18)}, {"first_names": "Noura"}, {"birth_name": "Hadad"}, {"email": "", "phone": ""}]
)
def test_anybody_else_is_a_new_provisional_file(cabinet, changes):
    register_patient(NOUR, by="Basile", now=NOW)

    patient, created = find_or_register(details(**changes), by="api:Portail", now=NOW)

    assert (created, patient.provisional, Patient.objects.count()) == (True, True, 2)


def test_near_matches_have_a_score_and_reasons_and_wait_on_the_worklist(cabinet):
    nour = register_patient(NOUR, by="Basile", now=NOW)

    twin = register_patient(details(birth_name="Hadad", email=""), by="Basile", now=NOW)

    assert near_matches(twin) == [(nour, 100, ["birth-date", "name", "first-names", "phone"])]
    assert [(pair.patient, pair.other) for pair in DuplicateCandidate.objects.all()] == [(twin, nour)]


def test_swapped_day_and_month_and_crossed_names_are_near(cabinet):
    nour = register_patient(details(birth_date=date(1990, 5, 7)), by="Basile", now=NOW)
    other = register_patient(details(birth_name="", used_name="Haddad", birth_date=date(1990, 7, 5)), by="Basile", now=NOW)

    assert [one.id for one, _score, _reasons in near_matches(other)] == [nour.id]


def test_a_household_s_telephone_is_not_enough(cabinet):
    register_patient(NOUR, by="Basile", now=NOW)

    child = register_patient(details(first_names="Ilyes", birth_date=date(2018, 1, 2)), by="Basile", now=NOW)

    assert near_matches(child) == [] and DuplicateCandidate.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("06 12 34 56 78", "+33612345678"), ("0033 6 12 34 56 78", "+33612345678"), ("+33(0)612345678", "+33612345678"),
        ("0690 12 34 56", "+590690123456"), ("06.39.98.12.34", "+33639981234"), ("", ""),
    ],
)  # fmt: skip
def test_telephones_have_one_writing(written, expected):
    assert e164(written) == expected
