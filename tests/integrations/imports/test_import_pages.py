"""The owner's pages: a file sent, its columns said, looked at, imported, taken back; all of it without scripts."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agenda.models import Appointment
from integrations.imports import runs
from integrations.imports.reading import LARGEST_FILE_BYTES
from integrations.imports.report import harmless
from integrations.models import ImportRun
from medidesk import clock
from patients.models import Patient
from tests.agenda.desk.conftest import _monday_morning, count_queries, sign_in
from tests.integrations.imports.bringing import PATIENTS, VISITS, checked, imported

__all__ = ["_monday_morning", "count_queries", "sign_in"]
JEAN = "Dupont;Jean;17/05/1980;06 39 98 00 12;jean@patients.example\n"


@pytest.fixture
def owner(sign_in, alma, diary) -> Client:
    """Alma's browser: she owns the cabinet."""
    return sign_in(alma)


def send(owner: Client, text: str | bytes, kind: str = "patients"):
    content = text.encode() if isinstance(text, str) else text
    return owner.post("/imports/", {"kind": kind, "file": SimpleUploadedFile("export.csv", content)})


def page(answer) -> str:
    return answer.content.decode()


def test_from_the_settings_to_the_import_and_back(owner):
    assert "/imports/" in page(owner.get("/reglages/"))
    columns = send(owner, PATIENTS + JEAN)["Location"]
    shown = page(owner.get(columns))
    assert '<option value="birth_date" selected>' in shown
    assert "jean@patients.example" in shown
    run = ImportRun.objects.get()
    fields = {f"column_{number}": name for name, number in run.mapping["columns"].items()}
    report = owner.post(columns, {**fields, "faire": "verifier"})["Location"]
    assert "Vérification en cours" in page(owner.get(report))
    runs.work_due(clock.now())
    assert "Rien n’est encore changé" in page(owner.get(report))
    owner.post(f"{report}/importer")
    runs.work_due(clock.now())
    assert "Import fait le" in page(owner.get(report))
    assert Patient.objects.filter(birth_name="Dupont", deleted_at=None).count() == 1
    owner.post(f"{report}/annuler")
    runs.work_due(clock.now())
    assert "fiches retirées\u00a0: 1" in page(owner.get(report)).lower()
    assert Patient.objects.filter(birth_name="Dupont", deleted_at=None).count() == 0


def test_a_bad_file_is_refused_beside_its_field(owner):
    answer = send(owner, b"PK\x03\x04")
    assert answer.status_code == 422
    assert "enregistrez-le au format CSV" in page(answer)
    assert ImportRun.objects.count() == 0


def test_a_file_that_is_too_large_is_dropped_on_the_way(owner):
    answer = send(owner, b"x" * (LARGEST_FILE_BYTES + 1))
    assert answer.status_code == 422
    assert "de 5 Mo au plus" in page(answer)


def test_a_forged_upload_is_refused(sign_in, alma, diary):
    strict = Client(enforce_csrf_checks=True, headers={"host": "tourcoing.localhost"})
    strict.cookies = sign_in(alma).cookies
    assert send(strict, PATIENTS + JEAN).status_code == 403
    assert ImportRun.objects.count() == 0


def test_two_columns_cannot_be_the_same(owner):
    columns = send(owner, PATIENTS + JEAN)["Location"]
    answer = owner.post(columns, {"column_0": "birth_name", "column_1": "birth_name", "faire": "verifier"})
    assert answer.status_code == 422
    assert "La colonne «\u00a0Nom\u00a0» dit déjà cela." in page(answer)


def test_what_is_missing_is_said(owner):
    columns = send(owner, PATIENTS + JEAN)["Location"]
    answer = owner.post(columns, {"faire": "verifier"})
    assert answer.status_code == 422
    assert "le nom et le prénom" in page(answer)


def test_people_of_a_column_that_was_just_chosen_are_asked_for(owner, diary):
    columns = send(owner, "Qui;Date;Heure\nDr Inconnu;02/03/2026;10:00\n", "visits")["Location"]
    said = {"column_0": "practitioner", "column_1": "date", "column_2": "time", "practitioner": str(diary.alma.id), "duration": "20"}
    assert owner.post(columns, {**said, "faire": "verifier"})["Location"] == columns
    assert "Dr Inconnu" in page(owner.get(columns))
    report = owner.post(columns, {**said, "practitioners_0": str(diary.alma.id), "faire": "verifier"})["Location"]
    runs.work_due(clock.now())
    owner.post(f"{report}/importer")
    runs.work_due(clock.now())
    assert Appointment.objects.get().practitioner == diary.alma


def test_errors_come_first_and_must_be_accepted(owner):
    run = checked("patients", PATIENTS + JEAN + "Seul;;;;\n")
    shown = page(owner.get(f"/imports/{run.id}"))
    assert shown.index("Ligne 3") < shown.index("Ligne 2")
    assert owner.post(f"/imports/{run.id}/importer").status_code == 422
    assert owner.post(f"/imports/{run.id}/importer", {"laisser": "1"}).status_code == 302


def test_the_report_as_a_file_runs_nothing(owner):
    run = imported("patients", PATIENTS + '=HYPERLINK("http://x");Jean;17/05/1980;;\n' + "@Seul;;;;\n")
    answer = owner.get(f"/imports/{run.id}/compte-rendu.csv")
    rows = list(csv.reader(io.StringIO(page(answer).removeprefix("\ufeff")), delimiter=";"))
    assert [row[0] for row in rows] == ["Ligne", "3", "2"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert [harmless(text) for text in ("-1", "+33", "\tx", "Jean", "")] == ["'-1", "'+33", "'\tx", "Jean", ""]


def test_a_draft_may_be_given_up_and_what_is_done_may_not(owner):
    run = checked("patients", PATIENTS + JEAN)
    assert owner.post(f"/imports/{run.id}/effacer")["Location"] == "/imports/"
    done = imported("patients", PATIENTS + JEAN)
    assert owner.post(f"/imports/{done.id}/effacer").status_code == 409


def test_an_import_of_nobody_is_no_page(owner):
    for path in ("", "/colonnes", "/compte-rendu.csv"):
        assert owner.get(f"/imports/00000000-0000-0000-0000-000000000007{path}").status_code == 404


def test_the_report_asks_as_often_for_thirty_lines_as_for_one(owner, count_queries):
    one = imported("visits", VISITS + "Haddad;Nour;17/05/1990;02/03/2026;10h00;20;\n")
    text = VISITS + "".join(f"Nom{n};Jean;17/05/1980;03/03/2026;{8 + n // 6}h{n % 6}0;10;\n" for n in range(30))
    thirty = imported("visits", text)
    asked = [count_queries(lambda run=run: owner.get(f"/imports/{run.id}")) for run in (one, one, thirty)]
    assert asked[1] == asked[2]
    before = count_queries(lambda: owner.get("/imports/"))
    for number in range(5):
        checked("patients", PATIENTS + f"Nom{number};Jean;;;\n")
    assert count_queries(lambda: owner.get("/imports/")) == before
