"""Who waits for an earlier time, at the desk and on the site."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

from tests.browser.desk_ways import at_desk, desk_day
from tests.browser.people import newcomer
from tests.browser.platform_ways import DOCTOR
from tests.browser.site_page import SitePage
from tests.browser.site_ways import site_visit_by_link
from tests.browser.stage import Stage
from tests.browser.ways import Way, at, shown

WAITING: dict[str, Way] = {
    "desk-waiting-list": at_desk("/agenda/liste-attente"),
    "desk-waiting-list-add": at_desk("/agenda/liste-attente/ajouter"),
    "site-waiting-list": at("/liste-attente/"),
}


@shown(WAITING, "desk-waiting-list-entry")
def desk_waiting_list_entry(stage: Stage, **options: Any) -> Page:
    """One of those who wait: what suits, what was offered."""
    page = WAITING["desk-waiting-list"](stage, **options)
    page.locator("main td a").first.click()
    page.get_by_role("button", name="Retirer de la liste").wait_for()
    return page


@shown(WAITING, "desk-waiting-list-time")
def desk_waiting_list_time(stage: Stage, **options: Any) -> Page:
    """Who could take a free time of Dr Aubry's, in order, or that nobody can."""
    page = desk_day(stage, **options)
    doctor = page.locator(".column").first.get_attribute("data-practitioner")
    start = datetime.fromisoformat(stage.platform("doctolib").times(*DOCTOR)[-1])
    asked = {"praticien": doctor, "debut": start.isoformat(), "fin": (start + timedelta(minutes=20)).isoformat()}
    page.goto(f"{stage.site_url}/agenda/liste-attente/heure?{urlencode(asked)}")
    page.locator(".freed-list, main .empty").wait_for()  # whom it suits is not the same every day
    return page


@shown(WAITING, "site-waiting-code")
def site_waiting_code(stage: Stage, **options: Any) -> Page:
    """The code, before the wish counts."""
    page = WAITING["site-waiting-list"](stage, **options)
    page.get_by_label("Motif").select_option(index=1)
    SitePage(page, stage.site_url).fill(newcomer())
    page.get_by_role("button", name="M’inscrire sur la liste d’attente").click()
    page.get_by_role("heading", name="Saisissez le code reçu").wait_for()
    return page


@shown(WAITING, "site-earlier")
def site_earlier(stage: Stage, **options: Any) -> Page:
    """Wishing a visit earlier."""
    page = site_visit_by_link(stage, **options)
    page.get_by_role("link", name="Je veux plus tôt").click()
    page.get_by_role("group", name="Quels jours").wait_for()
    return page
