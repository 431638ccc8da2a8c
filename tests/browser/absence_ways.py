"""Absences and delays at the desk."""

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import NARROW
from tests.browser.desk_ways import at_desk
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

ABSENCE: dict[str, Way] = {"desk-absence-new": at_desk("/agenda/absence/nouvelle"), "desk-absences": at_desk("/agenda/absences")}


def _chosen(stage: Stage, weeks: int, **options: Any) -> Page:
    page = stage.desk(**options).page
    page.goto(f"{stage.site_url}/agenda/absence/nouvelle")
    page.get_by_label("Qui est absent").select_option(label="Claire Ferrand")
    first = stage.today + timedelta(weeks=weeks)
    page.get_by_label("Premier jour").fill(first.isoformat())
    page.get_by_label("Dernier jour").fill((first + timedelta(days=6)).isoformat())
    page.get_by_role("button", name="Voir les rendez-vous concernés").click()
    page.get_by_role("button", name="Voir les messages").wait_for()
    return page


def _messages(page: Page) -> Page:
    page.get_by_role("button", name="Voir les messages").click()
    page.get_by_role("button", name="Annoncer l’absence").wait_for()
    return page


@shown(ABSENCE, "desk-absence")
def desk_absence(stage: Stage, **options: Any) -> Page:
    """The visits of a week without Claire Ferrand, with what can be done for each."""
    return _chosen(stage, 1, **options)


@shown(ABSENCE, "desk-absence-messages")
def desk_absence_messages(stage: Stage, **options: Any) -> Page:
    """What the patients will read."""
    return _messages(desk_absence(stage, **options))


@shown(ABSENCE, "desk-absence-announced")
def desk_absence_announced(stage: Stage, **options: Any) -> Page:
    """Announced for a week that no other page looks at; it can still be stopped."""
    page = _messages(_chosen(stage, 2, **options))
    page.get_by_role("button", name="Annoncer l’absence").click()
    page.get_by_role("button", name="Tout arrêter").wait_for()
    return page


@shown(ABSENCE, "desk-absence-stopped")
def desk_absence_stopped(stage: Stage, **options: Any) -> Page:
    """Announced, and stopped in time."""
    page = desk_absence_messages(stage, **options)
    page.get_by_role("button", name="Annoncer l’absence").click()
    page.get_by_role("button", name="Tout arrêter").click()
    page.get_by_text(re.compile("arrêtée à temps")).wait_for()
    return page


@shown(ABSENCE, "desk-delay")
def desk_delay(stage: Stage, **options: Any) -> Page:
    """How late somebody runs."""
    desk = stage.desk(**options)
    desk.open()  # today: only then is somebody late
    page = desk.page
    if options.get("viewport") == NARROW:  # no column heads there: the picker leads to it
        page.locator(".picker summary").click()
        page.get_by_role("link", name="Retard : Claire Ferrand").click()
        page.locator(".delay-form").wait_for()
        return page
    page.locator(".late-link").first.click()
    page.locator("#desk-dialog .delay-form").wait_for()
    return page
