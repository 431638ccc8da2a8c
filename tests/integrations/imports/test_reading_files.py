"""What a file may be: encodings, separators, line ends in cells, and every refusal before anything is read or kept."""

import pytest

from integrations.imports.headings import guess_columns
from integrations.imports.reading import LARGEST_FILE_BYTES, decode, read_csv, refuse_size
from integrations.imports.values import has_time, minutes, sex, telephone, wall_time, whole_name
from integrations.models import ImportRun
from medidesk.errors import Refused
from tests.integrations.imports.bringing import opened


@pytest.mark.parametrize(
    ("content", "text", "encoding"),
    [
        ("Prénom\nZoé\n".encode(), "Prénom\nZoé\n", "UTF-8"),
        ("Prénom\nZoé\n".encode("utf-8-sig"), "Prénom\nZoé\n", "UTF-8"),
        ("Prénom\nZoé €\n".encode("cp1252"), "Prénom\nZoé €\n", "Windows-1252"),
    ],
)
def test_encodings(content, text, encoding):
    assert decode(content) == (text, encoding)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"x" * (LARGEST_FILE_BYTES + 1), "file-too-large"),
        (b"PK\x03\x04rest", "file-is-workbook"),
        (b"\xd0\xcf\x11\xe0rest", "file-is-workbook"),
        ("Nom\nZoé".encode("utf-16"), "file-not-text"),
        (b"a\x00b", "file-not-text"),
        (b"\x81\xff", "file-not-text"),
    ],
)
def test_what_is_no_text_of_ours_is_refused(content, code):
    with pytest.raises(Refused) as refusal:
        decode(content)
    assert refusal.value.code == code


def test_size_is_refused_before_reading():
    with pytest.raises(Refused):
        refuse_size(LARGEST_FILE_BYTES + 1)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separators_and_quoted_cells(separator):
    text = f'Nom{separator}"Note, libre;"\r\n"Dupont"{separator}"deux\r\nlignes ""vraies"""\r\n\r\nMartin{separator}\r\n'
    table = read_csv(text)
    assert table.headings == ("Nom", "Note, libre;")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Dupont", 'deux\r\nlignes "vraies"')), (5, ("Martin", ""))]


def test_a_spreadsheets_own_separator_line_is_read():
    assert [(row.number, row.cells) for row in read_csv("sep=,\nNom,Prénom\nA;b,C\n").rows] == [(3, ("A;b", "C"))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nom;Prénom\n", "file-empty"),
        ("\n\n", "file-empty"),
        ('Nom;Prénom\nA;"jamais fermé\n', "file-not-csv"),
        (";".join("abc" * 41) + "\nx\n", "too-many-columns"),
        ("Nom\n" + "x\n" * 20_001, "too-many-lines"),
    ],
)
def test_tables_that_are_refused(text, code):
    with pytest.raises(Refused) as refusal:
        read_csv(text)
    assert refusal.value.code == code


def test_nothing_is_kept_of_a_refused_file(cabinet):
    with pytest.raises(Refused):
        opened("patients", "")
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "headings", "fields"),
    [
        ("patients", "Nom;Prénom;Date de naissance", ["birth_name", "first_names", "birth_date"]),
        ("patients", "NOM;Nom de naissance;PRÉNOM(S);Né(e) le", ["used_name", "birth_name", "", "birth_date"]),
        ("patients", "Civilité;Tél. mobile;Tél. fixe;E-mail;Ville", ["sex", "mobile", "phone", "email", ""]),
        ("patients", "Patient;Naissance;Date", ["full_name", "birth_date", ""]),
        ("visits", "Date;Heure;Durée;Motif;Praticien;Patient", ["date", "time", "duration", "reason", "practitioner", "full_name"]),
        ("visits", "Date de début;Fin;Type de RDV;Agenda;Statut", ["date", "end", "reason", "practitioner", "status"]),
        ("visits", "Date;Date", ["date", ""]),
    ],
)
def test_usual_headings_are_recognised(kind, headings, fields):
    found = {number: name for name, number in guess_columns(kind, headings.split(";")).items()}
    assert [found.get(number, "") for number in range(len(fields))] == fields


@pytest.mark.parametrize(
    ("text", "read"),
    [("9h30", "09:30"), ("9 h 30", "09:30"), ("09:30:00", "09:30"), ("9h", "09:00"), ("0930", "09:30"), ("14.15", "14:15"),
     ("02/03/2026 09:30", "09:30"), ("2026-03-02T09:30:00+01:00", "09:30")],
)  # fmt: skip
def test_times_as_exports_write_them(text, read):
    assert f"{wall_time(text):%H:%M}" == read


@pytest.mark.parametrize(("text", "read"), [("30", 30), ("30 min", 30), ("0:45", 45), ("1h15", 75), ("00:20:00", 20), ("1h", 60)])
def test_lengths_as_exports_write_them(text, read):
    assert minutes(text).total_seconds() == read * 60


@pytest.mark.parametrize(
    ("text", "names"),
    [("DUPONT Jean", ("DUPONT", "Jean")), ("Jean DE LA TOUR", ("DE LA TOUR", "Jean")), ("Dupont, Jean Marc", ("Dupont", "Jean Marc")),
     ("Dupont Jean", ("Dupont", "Jean")), ("DUPONT JEAN", ("DUPONT", "JEAN")), ("Dupont", ("Dupont", ""))],
)  # fmt: skip
def test_whole_names(text, names):
    assert whole_name(text) == names


def test_small_words():
    assert [sex(text) for text in ("Mme", "M.", "Homme", "1", "", "Dr")] == ["F", "M", "M", "M", "U", "U"]
    assert telephone("612 34 56 78") == "0612345678"
    assert not has_time("bientôt")
