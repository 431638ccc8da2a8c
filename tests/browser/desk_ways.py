"""The desk's pages and dialogs, each in the state in which it is looked at."""

from datetime import date
from typing import Any

from playwright.sync_api import Page

from tests.browser.desk_page import MINH, DeskPage
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

DESK: dict[str, Way] = {}


def _desk(stage: Stage, **options: Any) -> DeskPage:
    desk = stage.desk(**options)
    desk.open(_day(stage))
    return desk


def _day(stage: Stage) -> date | None:
    """The day to look at; None: the one that the agenda shows by itself."""
    return None if stage.working_day == stage.today else stage.working_day


@shown(DESK, "desk-day")
def desk_day(stage: Stage, **options: Any) -> Page:
    """The day of everybody."""
    return _desk(stage, **options).page


@shown(DESK, "desk-day-practitioner")
def desk_day_practitioner(stage: Stage, **options: Any) -> Page:
    """The day of a practitioner."""
    desk = stage.desk(MINH, **options)
    desk.open(_day(stage))
    return desk.page


@shown(DESK, "desk-week")
def desk_week(stage: Stage, **options: Any) -> Page:
    """A week."""
    page = stage.desk(**options).page
    page.goto(f"{stage.site_url}/agenda/semaine")
    return page


def _pressed(key: str, selector: str) -> Way:
    def way(stage: Stage, **options: Any) -> Page:
        page = _desk(stage, **options).page
        page.keyboard.press(key)
        page.locator(selector).wait_for()
        return page

    return way


DESK["desk-walk-in"] = _pressed("w", "#desk-dialog .call-form")
DESK["desk-shortcuts"] = _pressed("?", "#help-dialog")


@shown(DESK, "desk-call")
def desk_call(stage: Stage, **options: Any) -> Page:
    """Somebody on the phone whom the cabinet knows."""
    page = _pressed("n", "#q-patient")(stage, **options)
    page.locator("#q-patient").press_sequentially("petit")
    page.locator("#matches mark").first.wait_for()
    return page


@shown(DESK, "desk-call-newcomer")
def desk_call_newcomer(stage: Stage, **options: Any) -> Page:
    """Somebody on the phone whom the cabinet does not know."""
    page = _pressed("n", "#q-patient")(stage, **options)
    page.locator("#q-patient").press_sequentially("Zwingelstein Apolline")
    page.locator(".new-patient").wait_for()
    return page


@shown(DESK, "desk-visit")
def desk_visit(stage: Stage, **options: Any) -> Page:
    """A visit and what can be done with it."""
    page = _desk(stage, **options).page
    page.locator(".visit.status-confirmed:not(.conflict) a").last.press("Enter")
    page.locator("#desk-dialog .visit-sheet").wait_for()
    return page


@shown(DESK, "desk-move")
def desk_move(stage: Stage, **options: Any) -> Page:
    """Another time for it."""
    page = desk_visit(stage, **options)
    page.get_by_role("link", name="Déplacer…").click()
    page.locator("#desk-dialog .move-form").wait_for()
    return page


@shown(DESK, "desk-conflict")
def desk_conflict(stage: Stage, **options: Any) -> Page:
    """Two visits on one time."""
    page = _desk(stage, **options).page
    page.locator("#side .task a", has_text="Résoudre").first.dispatch_event("click")  # phones have no side
    page.locator("#desk-dialog .claims").wait_for()
    return page


@shown(DESK, "desk-conflict-page")
def desk_conflict_page(stage: Stage, **options: Any) -> Page:
    """The same as a page of its own."""
    page = at_desk("/agenda/a-traiter")(stage, **options)
    page.get_by_role("link", name="Résoudre").first.click()
    page.locator(".claims").wait_for()
    return page


def at_desk(address: str) -> Way:
    def way(stage: Stage, **options: Any) -> Page:
        page = stage.desk(**options).page
        page.goto(f"{stage.site_url}{address}")
        return page

    return way


DESK["desk-waiting-room"] = at_desk("/agenda/attente")
DESK["desk-tasks"] = at_desk("/agenda/a-traiter")
DESK["desk-patients"] = at_desk("/patients/?q=petit")
DESK["desk-call-page"] = at_desk("/agenda/rendez-vous/nouveau")


@shown(DESK, "desk-sheet")
def desk_sheet(stage: Stage, **options: Any) -> Page:
    """The day on paper."""
    return at_desk(f"/agenda/jour/{stage.working_day}/feuille")(stage, **options)


@shown(DESK, "desk-visit-page")
def desk_visit_page(stage: Stage, **options: Any) -> Page:
    """A visit as a page of its own."""
    page = _desk(stage, **options).page
    address = page.locator(".visit.status-confirmed:not(.conflict) a").last.get_attribute("href")
    page.goto(f"{stage.site_url}{address}")
    return page


@shown(DESK, "desk-record")
def desk_record(stage: Stage, **options: Any) -> Page:
    """A patient's file."""
    page = DESK["desk-patients"](stage, **options)
    page.locator(".patients a").first.click()
    page.locator(".patient-banner").wait_for()
    return page


@shown(DESK, "desk-identity")
def desk_identity(stage: Stage, **options: Any) -> Page:
    """A patient's identity, to correct."""
    page = desk_record(stage, **options)
    page.get_by_role("link", name="Modifier la fiche").click()
    page.locator(".identity-form").wait_for()
    return page


@shown(DESK, "desk-why")
def desk_why(stage: Stage, **options: Any) -> Page:
    """Why not this time, asked of a closed piece of the day."""
    page = _desk(stage, **options).page
    page.locator(".closed a:not([tabindex])").first.evaluate("link => link.click()")
    page.locator("#desk-dialog .why").wait_for()
    return page


@shown(DESK, "desk-why-page")
def desk_why_page(stage: Stage, **options: Any) -> Page:
    """The same as a page of its own."""
    page = stage.desk(**options).page
    page.goto(f"{stage.site_url}/agenda/pourquoi")
    return page
