"""The sheet of the day as a PDF, read back; and the evening's sheets."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.storage import default_storage
from pypdf import PdfReader

from agenda.desk.backup_sheets import drop_old_sheets, prepare_tomorrows_sheet
from agenda.desk.day import desk_practitioners, read_day
from agenda.desk.day_sheet_pdf import day_sheet_pdf
from agenda.models import BackupSheet, OpenedAgenda, SheetRules
from agenda.scheduling import cancel_appointment
from medidesk.accounts.models import Role
from tests.agenda.desk.pages import DAY
from tests.agenda.diary import MONDAY, NOW, STAFF, at, make_hours, make_patient, make_practitioner, make_reason, make_substitution

SUNDAY_EVENING = at(19, 0) - timedelta(days=1)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def pages_of(content: bytes) -> list[str]:
    """The text of each page, spaces made one."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def kept_pages(sheet: BackupSheet) -> list[str]:
    """What stands in the file."""
    with default_storage.open(sheet.file) as file:
        return pages_of(file.read())


def sheet(**values) -> list[str]:
    grid = read_day(MONDAY, at(9), desk_practitioners())
    return pages_of(day_sheet_pdf(grid, MONDAY, cabinet="Cabinet du Beffroi", now=at(8, 5), **{"with_reasons": True} | values))


def test_it_says_day_place_people_reasons_and_that_it_is_confidential(diary):
    diary.book(at(10), patient_id=make_patient(birth_name="Lefèvre-Œillet", first_names="Zoë Çağla").id)

    [text] = sheet()

    assert "Cabinet du Beffroi, lundi 2 mars" in text
    assert "Dr Alma Delcourt Heure Patient Motif 10:00 LEFÈVRE-ŒILLET Zoë Çağla Consultation" in text
    assert "Imprimé le 02/03/2026 à 08:05. Document confidentiel, à détruire en fin de journée." in text
    assert "Page 1/1" in text


def test_reasons_are_left_out_when_the_cabinet_prefers(diary):
    diary.book(at(10))

    [text] = sheet(with_reasons=False)

    assert ("HADDAD Nour" in text, "Consultation" in text, "Motif" in text) == (True, False, False)


def test_it_is_a4_on_its_side_with_its_own_letters(diary):
    diary.book(at(10))
    grid = read_day(MONDAY, at(9), desk_practitioners())

    page = PdfReader(BytesIO(day_sheet_pdf(grid, MONDAY, cabinet="C", now=at(8), with_reasons=True))).pages[0]

    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
    fonts = {font.get_object()["/BaseFont"].split("+")[-1] for font in page["/Resources"]["/Font"].values()}
    assert {one for one in fonts if "Atkinson" in one} == {"AtkinsonHyperlegibleNext-Regular", "AtkinsonHyperlegibleNext-Bold"}


def test_sixty_visits_go_over_blocks_and_pages_with_the_name_repeated(diary):
    reason = make_reason(diary.alma, name="Contrôle", duration_minutes=5)
    for practitioner in (diary.alma, *(make_practitioner(diary.site, first_name=f"Ines{n}") for n in range(3))):
        make_hours(practitioner, diary.site, 12, 18)
        reason.offers.get_or_create(practitioner=practitioner)
        for n in range(60):
            diary.book(
                at(12) + timedelta(minutes=5 * n), practitioner_id=practitioner.id, visit_reason_id=reason.id, actor=STAFF, source="phone"
            )

    pages = sheet()

    assert sum(page.count("HADDAD Nour") for page in pages) == 240
    assert len(pages) > 1 and [f"Page {n}/{len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert all("Document confidentiel" in page for page in pages)
    assert sum(page.count("Dr Alma Delcourt") for page in pages) > 1


def test_long_names_are_wrapped_not_cut(diary):
    name = "De La Rochefoucauld-Montmorency-Laval-Saint-Exupéry"
    diary.book(at(10), patient_id=make_patient(birth_name=name, first_names="Marie-Clémentine Apolline").id)

    [text] = sheet()

    assert f"{name.upper()}Marie-ClémentineApolline".replace(" ", "") in text.replace(" ", "")


def test_marks_of_a_page_are_not_taken_for_markup(diary):
    diary.book(at(10), patient_id=make_patient(birth_name="<b>O’Neil & fils").id)

    assert "<B>O’NEIL & FILS Nour" in sheet()[0]


def test_it_says_who_replaces_whom_and_what_is_to_be_validated(diary):
    make_substitution(diary.alma, make_practitioner(diary.site, first_name="Paul", last_name="Le Goff"))
    type(diary.reason).objects.update(needs_validation=True)
    diary.book(at(10))

    [text] = sheet()

    assert "Dr Alma Delcourt, remplacé par Dr Paul Le Goff" in text
    assert "HADDAD Nour, à valider" in text


# --- at the desk ----------------------------------------------------------------------------------------------------


def test_desk_gets_the_pdf_and_nobody_keeps_it(desk, diary):
    diary.book(at(10))

    answer = desk.get(f"{DAY}/feuille.pdf?motif=0")

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert "HADDAD Nour" in pages_of(answer.content)[0] and "Consultation" not in pages_of(answer.content)[0]


def test_printed_page_leaves_the_reasons_out_too(desk, diary):
    diary.book(at(10))

    pages = [desk.get(f"{DAY}/feuille{query}").content.decode() for query in ("", "?motif=0", "?motif=1")]

    assert ['<th scope="col">Motif</th>' in page for page in pages] == [False, False, True]


def test_the_cabinets_choice_holds_for_what_is_printed_and_kept(sign_in, alma, diary):
    diary.book(at(10))
    owner_desk = sign_in(alma)
    assert owner_desk.post("/agenda/feuilles-de-secours/reglages", {"with_reasons": "on"}).status_code == 302

    [printed] = pages_of(owner_desk.get(f"{DAY}/feuille.pdf").content)
    [kept] = kept_pages(prepare_tomorrows_sheet(SUNDAY_EVENING))

    assert ("Consultation" in printed, "Consultation" in kept) == (True, True)


def test_only_the_owner_chooses(desk, diary):
    assert "reglages" not in desk.get("/agenda/feuilles-de-secours").content.decode()
    assert desk.post("/agenda/feuilles-de-secours/reglages").status_code in (403, 404)


def test_the_evenings_sheet_has_no_reasons_unless_chosen_and_follows_the_choice(diary, ready):
    SheetRules.objects.create(with_reasons=True)
    later = SUNDAY_EVENING + timedelta(minutes=30)

    again = prepare_tomorrows_sheet(later)

    assert [ready.with_reasons, again.with_reasons] == [False, True]
    assert ("Motif" in kept_pages(again)[0], prepare_tomorrows_sheet(later)) == (True, None)


def test_the_evenings_sheet_leaves_the_reasons_out(ready):
    assert ("HADDAD Nour" in kept_pages(ready)[0], "Consultation" in kept_pages(ready)[0]) == (True, False)


def test_pdf_shows_the_agendas_of_who_asks(practitioner_desk, diary):
    other = make_practitioner(diary.site, first_name="Paul", last_name="Autre")
    make_hours(other, diary.site)
    make_reason(other, name="Autre motif")
    diary.book(at(10))

    [text] = pages_of(practitioner_desk.get(f"{DAY}/feuille.pdf").content)

    assert ("Delcourt" in text, "Autre" in text) == (True, False)


@pytest.fixture
def ready(diary) -> BackupSheet:
    """Monday's sheet, made on Sunday evening."""
    diary.book(at(10), now=NOW)
    with time_machine.travel(SUNDAY_EVENING, tick=False):
        sheet = prepare_tomorrows_sheet(SUNDAY_EVENING)
    assert sheet is not None
    return sheet


def test_nothing_is_prepared_before_the_evening(diary):
    assert prepare_tomorrows_sheet(SUNDAY_EVENING - timedelta(microseconds=1)) is None


def test_evening_leaves_tomorrows_sheet_under_an_opaque_name(ready):
    folder, _, name = ready.file.partition("/")
    [text] = kept_pages(ready)

    assert (ready.day, folder, len(name)) == (MONDAY, "sheets", 32)
    assert "HADDAD Nour" in text


def test_it_is_made_again_only_when_the_agenda_has_changed(diary, ready, django_capture_on_commit_callbacks):
    assert prepare_tomorrows_sheet(SUNDAY_EVENING + timedelta(minutes=30)) is None
    visit = diary.alma.appointments.get()
    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=STAFF, now=SUNDAY_EVENING + timedelta(minutes=31))

    with django_capture_on_commit_callbacks(execute=True):
        again = prepare_tomorrows_sheet(SUNDAY_EVENING + timedelta(hours=1))

    assert (BackupSheet.objects.count(), default_storage.exists(ready.file)) == (1, False)
    assert "Aucun rendez-vous." in kept_pages(again)[0]


def test_it_is_kept_three_days(ready):
    assert drop_old_sheets(SUNDAY_EVENING + timedelta(days=3)) == 0
    assert drop_old_sheets(SUNDAY_EVENING + timedelta(days=3, minutes=1)) == 1

    assert (BackupSheet.objects.count(), default_storage.exists(ready.file)) == (0, False)


def test_secretary_downloads_it_through_an_address_of_her_own(desk, sign_in, alma, ready):
    assert "Lundi 2\u00a0mars" in desk.get("/agenda/feuilles-de-secours").content.decode()
    led = desk.get(f"/agenda/feuilles-de-secours/{ready.id}")
    answer = desk.get(led.url)

    assert (led.status_code, answer.status_code) == (302, 200)
    assert "HADDAD Nour" in pages_of(b"".join(answer.streaming_content))[0]
    assert sign_in(alma).get(led.url).status_code == 404


def test_who_does_not_see_every_agenda_has_none_of_them(practitioner_desk, diary, ready):
    OpenedAgenda.objects.create(practitioner=diary.alma, role=Role.PRACTITIONER)

    assert "Télécharger" not in practitioner_desk.get("/agenda/feuilles-de-secours").content.decode()
    assert practitioner_desk.get(f"/agenda/feuilles-de-secours/{ready.id}").status_code == 404
