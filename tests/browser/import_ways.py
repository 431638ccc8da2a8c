"""Importing a file, from its columns to its report."""

from typing import Any

from playwright.sync_api import FilePayload, Page

from tests.browser.people import newcomer
from tests.browser.settings_ways import of_owner
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

IMPORTS: dict[str, Way] = {}
# The first line is somebody else each time, so that a file always brings somebody.
TEXT = """Nom;Prénom;Date de naissance;Portable;Praticien;Date;Heure;Motif
{last_name};Marie-{first_name};{birth};{phone};Dr Aubry;12/03/2024;9h00;Suivi
DELATTRE;Anaïs;05/11/1988;06 39 98 41 02;Dr Aubry;18/12/2026;10h30;Première consultation
DELATTRE;Anaïs;05/11/1988;06 39 98 41 02;Dr Aubry;18/12/2026;10h30;Première consultation
LECOCQ;Jean-Baptiste;30/02/1975;;Dr Aubry;18/12/2026;11h00;
EL AMRANI;Yassine;21/07/1999;06 39 98;Dr Aubry;02/10/2025;14h15;Suivi
"""


def _text() -> str:
    one = newcomer()
    return TEXT.format(last_name=one.last_name.upper(), first_name=one.first_name, birth="/".join(one.birth), phone=one.phone)


IMPORTS["imports"] = of_owner("/imports/")


@shown(IMPORTS, "import-columns")
def import_columns(stage: Stage, **options: Any) -> Page:
    """A file just read: what its columns are, what stands in them."""
    page = IMPORTS["imports"](stage, **options)
    page.get_by_label("Rendez-vous", exact=True).check()
    page.locator("#id_file").set_input_files(FilePayload(name="ancien-agenda.csv", mimeType="text/csv", buffer=_text().encode("cp1252")))
    page.get_by_role("button", name="Lire ce fichier").click()
    page.locator(".import-columns").wait_for()
    return page


@shown(IMPORTS, "import-report")
def import_report(stage: Stage, **options: Any) -> Page:
    """What the import would do, errors first."""
    page = import_columns(stage, **options)
    page.get_by_role("button", name="Vérifier sans rien changer").click()
    page.locator(".import-lines").wait_for()
    return page


@shown(IMPORTS, "import-done")
def import_done(stage: Stage, **options: Any) -> Page:
    """What it did, and how it is undone."""
    page = import_report(stage, **options)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Importer").click()
    page.locator(".banner.success").wait_for()
    page.locator("summary", has_text="Annuler cet import").click()
    return page


@shown(IMPORTS, "import-refused")
def import_refused(stage: Stage, **options: Any) -> Page:
    """Lines in error that nobody has accepted to leave aside."""
    page = import_report(stage, **options)
    page.get_by_role("button", name="Importer").click()
    page.locator(".error-summary").wait_for()
    return page
