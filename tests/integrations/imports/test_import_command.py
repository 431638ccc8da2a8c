"""`manage.py import_csv`."""

import json

import pytest
import time_machine
from django.core.management import CommandError, call_command

from integrations.models import ImportRun
from patients.models import Patient
from tests.integrations.imports.bringing import NOW, PATIENTS, VISITS

JEAN = "Dupont;Jean;17/05/1980;;\n"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bring(diary, tmp_path, capsys):
    """Run the command on a text; answers the lines of its report and its figures."""

    def brought(text: str, kind: str = "patients", *options: str):
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        call_command("import_csv", "tourcoing", kind, str(path), *options)
        *report, figures = capsys.readouterr().out.strip().splitlines()
        return report, json.loads(figures)

    return brought


def test_a_file_is_brought_in(bring):
    report, said = bring(PATIENTS + JEAN)
    assert (said["state"], said["figures"]) == ("done", {"created": 1, "new_patients": 1})
    assert report[1].startswith("2;Importé;")


def test_a_dry_run_keeps_nothing(bring):
    report, said = bring(PATIENTS + JEAN, "patients", "--dry-run")
    assert (said["state"], Patient.objects.count(), ImportRun.objects.count()) == ("checked", 1, 0)


def test_columns_are_said_by_their_titles(bring):
    _report, said = bring("Qui;Quand\nDUPONT Jean;17/05/1980\n", "patients", "--mapping", "full_name=qui", "--mapping", "birth_date=Quand")
    assert said["figures"]["created"] == 1


def test_visits_of_a_practitioner(bring, diary):
    text = VISITS + "Haddad;Nour;17/05/1990;02/03/2026;10h00;;\n"
    assert bring(text, "visits", "--practitioner", str(diary.alma.id), "--duration", "45")[1]["figures"]["created"] == 1


def test_errors_stop_it_unless_they_are_skipped(bring):
    with pytest.raises(CommandError, match="erreur"):
        bring(PATIENTS + JEAN + "Seul;;;;\n")
    assert bring(PATIENTS + JEAN + "Seul;;;;\n", "patients", "--skip-errors")[1]["figures"] == {"created": 1, "error": 1, "new_patients": 1}


@pytest.mark.parametrize(
    "options", [("--mapping", "zut=Nom"), ("--mapping", "birth_name=Zut"), ("--practitioner", "zut")], ids=["field", "column", "person"]
)
def test_what_is_said_wrongly_is_refused_and_nothing_kept(bring, options):
    with pytest.raises(CommandError):
        bring("Nom;Date;Heure\nDupont;02/03/2026;10:00\n", "visits", *options)
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("path", ["/nowhere/export.csv", "/dev/null"])
def test_a_file_that_cannot_be_read_is_one_line(diary, path):
    with pytest.raises(CommandError):
        call_command("import_csv", "tourcoing", "patients", path)
