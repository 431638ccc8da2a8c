"""Who waits for an earlier time, at the desk and on the site."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.desk_ways import at_desk
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
