"""Patients of a file: known, new, like somebody, told twice, wrong."""

from datetime import date

import pytest

from integrations.imports import runs
from integrations.imports.errors import MappingIncomplete
from patients.models import DuplicateCandidate, Patient
from tests.integrations.imports.bringing import NOW, PATIENTS, checked, imported, outcomes

JEAN = "Dupont;Jean;17/05/1980;06 39 98 00 12;jean@patients.example\n"


def test_a_patient_is_brought_in_as_checked(diary):
    run = imported("patients", PATIENTS + JEAN)
    jean = Patient.objects.get(birth_name="Dupont")
    assert outcomes(run) == [(2, "created", "")]
    assert (jean.first_names, jean.birth_date, jean.phone, jean.email) == (
        "Jean", date(1980, 5, 17), "+33639980012", "jean@patients.example",
    )  # fmt: skip
    assert not jean.provisional


def test_a_windows_file_keeps_its_accents(diary):
    run = imported("patients", "Nom;Prénom;Né(e) le\nLefèvre;Chloé;01/02/1990\n".encode("cp1252"))
    assert run.encoding == "Windows-1252"
    assert Patient.objects.filter(birth_name="Lefèvre", first_names="Chloé", birth_date=date(1990, 2, 1)).exists()


def test_an_exact_match_is_found_and_left_as_it_is(diary):
    run = imported("patients", PATIENTS + "HADDAD;Nour;1990-05-17;06 39 98 00 99;nour@patients.example\n")
    diary.nour.refresh_from_db()
    assert (outcomes(run), diary.nour.phone, Patient.objects.count()) == ([(2, "found", "")], "", 1)


def test_a_near_match_is_provisional_and_on_the_worklist(diary):
    run = imported("patients", PATIENTS + "Hadad;Nour;17/05/1990;;\n")
    new = Patient.objects.get(birth_name="Hadad")
    assert (outcomes(run), new.provisional) == ([(2, "provisional", "")], True)
    assert DuplicateCandidate.objects.get().other == diary.nour


def test_homonyms_born_on_other_days_are_two_patients(diary):
    run = imported("patients", PATIENTS + "Martin;Paul;01/01/1950;;\nMartin;Paul;02/03/1985;;\n")
    assert outcomes(run) == [(2, "created", ""), (3, "created", "")]


def test_without_a_birth_date_nobody_is_recognised(diary):
    assert outcomes(imported("patients", PATIENTS + "Martin;Paul;;;\n")) == [(2, "provisional", "")]


def test_the_same_line_twice_is_one_patient(diary):
    run = imported("patients", PATIENTS + JEAN + "Autre;Anne;01/01/1970;;\n" + JEAN)
    assert outcomes(run) == [(2, "created", ""), (3, "created", ""), (4, "duplicate", "")]
    assert run.lines.get(number=4).facts == {"line": 2}


def test_the_same_person_written_otherwise_is_a_duplicate_too(diary):
    run = imported("patients", PATIENTS + JEAN + "DUPONT;jean;17/05/1980;0639980012;\n")
    assert outcomes(run) == [(2, "created", ""), (3, "duplicate", "")]


def test_a_second_run_of_a_file_brings_nothing_in(diary):
    text = PATIENTS + JEAN + "Martin;Paul;;;\n"
    imported("patients", text)
    second = imported("patients", text)
    assert outcomes(second) == [(2, "already", ""), (3, "already", "")]
    assert second.figures == {"already": 2, "new_patients": 0}
    assert Patient.objects.count() == 3


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Dupont;;17/05/1980;;", "required"),
        (";Jean;17/05/1980;;", "required"),
        (";;17/05/1980;;", "nobody"),
        ("Dupont;Jean;1980;;", "date-not-understood"),
        ("Dupont;Jean;31/02/1980;;", "date-not-understood"),
        ("Dupont;Jean;17/05/2080;;", "birth-date-not-possible"),
        (f"{'D' * 101};Jean;17/05/1980;;", "name-too-long"),
        ("Dupont;Jean;17/05/1980;;;surplus", "too-many-cells"),
    ],
)
def test_a_wrong_line_says_why(diary, line, code):
    run = checked("patients", PATIENTS + line + "\n")
    assert outcomes(run) == [(2, "error", code)]
    assert run.lines.get().facts["message"]


@pytest.mark.parametrize(
    ("line", "code"),
    [("Dupont;Jean;17/05/1980;12;", "left-out-phone-not-valid"), ("Dupont;Jean;17/05/1980;;jean@", "left-out-email-not-valid")],
)
def test_a_wrong_contact_is_left_out_and_told(diary, line, code):
    assert outcomes(imported("patients", PATIENTS + line + "\n")) == [(2, "created", code)]


def test_a_wrong_sex_is_an_error(diary):
    run = checked("patients", "Nom;Prénom;Sexe\nDupont;Jean;Zèbre\n")
    assert outcomes(run) == [(2, "error", "sex-not-understood")]


def test_a_check_leaves_nothing_behind(diary):
    run = checked("patients", PATIENTS + JEAN)
    assert (run.state, run.figures, Patient.objects.count()) == ("checked", {"created": 1, "new_patients": 1}, 1)
    assert run.lines.get().patient_id is None


def test_errors_stop_the_import_unless_they_are_accepted(diary):
    run = checked("patients", PATIENTS + JEAN + "Dupont;;;;\n")
    with pytest.raises(MappingIncomplete) as refusal:
        runs.ask_import(run.id, accepts_errors=False, now=NOW)
    assert refusal.value.code == "has-errors"
    assert Patient.objects.count() == 1


def test_names_in_one_column_and_columns_chosen_by_hand(diary):
    run = imported("patients", "Qui;Quand\nDE LA TOUR Anne;17/05/1980\n", columns={"full_name": 0, "birth_date": 1})
    anne = Patient.objects.get(birth_name="DE LA TOUR")
    assert (outcomes(run), anne.first_names) == ([(2, "created", "")], "Anne")


def test_columns_that_name_nobody_are_refused(diary):
    with pytest.raises(MappingIncomplete):
        checked("patients", "Ville;Pays\nLille;France\n")
