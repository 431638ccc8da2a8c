"""Series, families and exchanges at the desk."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.desk_ways import at_desk, desk_visit_page
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

TOGETHER: dict[str, Way] = {"desk-family": at_desk("/agenda/groupes/nouveau")}


@shown(TOGETHER, "desk-series")
def desk_series(stage: Stage, **options: Any) -> Page:
    """A series, looked at before it is booked."""
    page = desk_visit_page(stage, **options)
    page.get_by_role("link", name="Prévoir une série").click()
    page.get_by_label("Nombre de séances").fill("6")
    page.get_by_role("button", name="Voir les séances").click()
    page.locator(".series-lines").wait_for()
    return page


@shown(TOGETHER, "desk-series-report")
def desk_series_report(stage: Stage, **options: Any) -> Page:
    """What became of each session."""
    page = desk_series(stage, **options)
    page.locator(".series-choices input").first.check()
    page.get_by_label("Raison des heures prises").fill("Convenu avec le patient")
    page.get_by_role("button", name="Réserver les séances choisies").click()
    page.get_by_role("heading", name="Annuler la suite").wait_for()
    page.reload()  # what was said of the booking has been read
    return page


@shown(TOGETHER, "desk-family-offers")
def desk_family_offers(stage: Stage, **options: Any) -> Page:
    """When two visits of one patient can follow each other."""
    page = TOGETHER["desk-family"](stage, **options)
    page.get_by_label("Chercher un patient").first.fill("delfosse")
    for row in (0, 1):
        page.get_by_label("Motif").nth(row).select_option(label="Consultation")
    page.get_by_role("button", name="Chercher les patients").click()
    page.get_by_role("option", name="DELFOSSE").first.wait_for(state="attached")
    page.get_by_role("button", name="Voir les horaires possibles").click()
    page.locator(".bundle-offers").wait_for()
    return page


@shown(TOGETHER, "desk-family-report")
def desk_family_report(stage: Stage, **options: Any) -> Page:
    """Both are booked."""
    page = desk_family_offers(stage, **options)
    page.get_by_role("button", name="Réserver ces horaires").click()
    page.get_by_role("heading", name="Rendez-vous pris ensemble").wait_for()
    page.reload()  # what was said of the booking has been read
    return page


@shown(TOGETHER, "desk-swap")
def desk_swap(stage: Stage, **options: Any) -> Page:
    """Whom to exchange with."""
    page = desk_visit_page(stage, **options)
    page.get_by_role("link", name="Échanger avec…").click()
    page.locator("#swap-day").wait_for()
    return page
