"""The connections with other diaries, as the secretary and the owner see them."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.settings_ways import OWNER, of_owner
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

CONNECTIONS: dict[str, Way] = {}

CONNECTIONS["connections"] = of_owner("/connexions/")
CONNECTIONS["connection-choose"] = of_owner("/connexions/relier")
CONNECTIONS["connection-new"] = of_owner("/connexions/relier/keldoc")
CONNECTIONS["connection-new-described"] = of_owner("/connexions/relier/clickdoc")
CONNECTIONS["connection-new-calendar"] = of_owner("/connexions/relier/ics")
CONNECTIONS["connection-new-caldav"] = of_owner("/connexions/relier/caldav")


def _of_doctolib(stage: Stage, **options: Any) -> Page:
    """The page of the demo's first connection."""
    page = stage.desk(OWNER, **options).page
    page.goto(f"{stage.site_url}/connexions/")
    page.get_by_role("link", name="Doctolib").click()
    page.get_by_role("heading", name="Doctolib").wait_for()
    expect(page.locator("#at-work")).to_have_count(0)  # a comparison that goes on fetches the page again when it is over
    return page


@shown(CONNECTIONS, "connection-health")
def health(stage: Stage, **options: Any) -> Page:
    """How Doctolib feels."""
    return _of_doctolib(stage, **options)


@shown(CONNECTIONS, "connection-settings")
def settings(stage: Stage, **options: Any) -> Page:
    """Its settings."""
    page = _of_doctolib(stage, **options)
    page.get_by_role("link", name="Régler").click()
    page.get_by_role("heading", name="Réglages de la connexion").wait_for()
    return page


@shown(CONNECTIONS, "connection-mapping")
def mapping(stage: Stage, **options: Any) -> Page:
    """Who is who there."""
    page = _of_doctolib(stage, **options)
    page.get_by_role("link", name="Correspondances").click()
    page.get_by_role("heading", name="Motifs").wait_for()
    return page


@shown(CONNECTIONS, "connection-cut")
def cut(stage: Stage, **options: Any) -> Page:
    """Cutting it."""
    page = settings(stage, **options)
    page.get_by_role("link", name="Couper la connexion").click()
    page.get_by_role("button", name="Couper Doctolib").wait_for()
    return page
