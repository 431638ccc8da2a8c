"""What comes late neither replaces what was asked since nor undoes what was chosen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk_page import DeskPage
from tests.browser.patience import eventually
from tests.browser.people import newcomer
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

# The answers of the addresses that match wait until they are let go.
HELD_BACK = """pattern => {
    const asked = window.fetch.bind(window);
    window.heldBack = [];
    window.fetch = async (url, options) => {
        const answer = await asked(url, options);
        if (new RegExp(pattern).test(url)) await new Promise((go) => heldBack.push(go));
        return answer;
    };
}"""


def wait_held_back(page: Page) -> None:
    """Until an answer waits."""
    eventually(lambda: page.evaluate("heldBack.length"))


def let_go(page: Page) -> None:
    """Let the answers come, those on their way too, and be worked upon."""
    page.evaluate("{ heldBack.push = (go) => go(); heldBack.splice(0).forEach((go) => go()); }")
    page.evaluate("new Promise((done) => setTimeout(done, 100))")


def desk_with(stage: Stage, *, slow: str) -> DeskPage:
    desk = stage.desk()
    desk.open(stage.working_day)
    desk.page.evaluate(HELD_BACK, slow)
    return desk


def test_what_was_asked_last_is_shown(stage: Stage) -> None:
    desk = desk_with(stage, slow="/rendez-vous/nouveau$")
    desk.page.locator("[data-key=n]").click()
    wait_held_back(desk.page)
    desk.page.locator("[data-key=w]").click()
    desk.page.locator("#desk-dialog .walk-in").wait_for()

    let_go(desk.page)

    expect(desk.page.locator("#desk-dialog .walk-in")).to_be_visible()


def test_what_is_typed_before_the_dialog_comes_is_typed_into_it(stage: Stage) -> None:
    desk = desk_with(stage, slow="/rendez-vous/nouveau$")
    desk.page.keyboard.press("n")
    wait_held_back(desk.page)
    desk.page.keyboard.type("petit")

    let_go(desk.page)

    expect(desk.page.locator("#q-patient")).to_have_value("petit")
    desk.page.locator("#matches mark").first.wait_for()


def test_a_page_that_was_closed_meanwhile_stays_closed(stage: Stage) -> None:
    desk = desk_with(stage, slow="/deplacer$")
    desk.page.locator(".visit.status-confirmed:not(.conflict) a").last.press("Enter")
    desk.page.get_by_role("link", name="Déplacer…").click()
    wait_held_back(desk.page)
    desk.page.keyboard.press("Escape")

    let_go(desk.page)

    expect(desk.page.locator("#desk-dialog")).to_be_hidden()


def test_a_time_that_is_being_kept_is_booked_by_who_keeps_it(stage: Stage) -> None:
    person, desk = newcomer(), desk_with(stage, slow="/horaires-gardes$")
    keyboard = desk.page.keyboard
    keyboard.press("n")
    expect(desk.page.locator("#q-patient")).to_be_focused()
    keyboard.type(f"{person.last_name} {person.first_name} {''.join(person.birth)}")
    desk.page.locator(".new-patient [name=phone]").fill(person.phone)
    desk.page.locator("[name=horaire]").first.focus()
    keyboard.press("ArrowDown")
    wait_held_back(desk.page)

    keyboard.press("Enter")
    let_go(desk.page)

    desk.page.locator("#toast", has_text=person.on_lists).wait_for()


def test_who_was_chosen_stays_chosen_when_the_list_comes_again(stage: Stage) -> None:
    desk = desk_with(stage, slow="q=petit%20$")
    desk.page.keyboard.press("n")
    desk.page.locator("#q-patient").press_sequentially("petit")
    desk.page.locator("#matches [name=patient]").nth(1).wait_for()
    desk.page.locator("#q-patient").press("Space")
    wait_held_back(desk.page)
    desk.page.keyboard.press("ArrowDown")
    second = desk.page.locator("#matches [name=patient]").nth(1)
    chosen = str(second.get_attribute("value"))

    let_go(desk.page)

    expect(desk.page.locator("#matches [name=patient]:checked")).to_have_value(chosen)


def test_of_two_choices_made_at_once_none_is_lost(stage: Stage) -> None:
    site = stage.site()
    site.open()
    site.page.evaluate(HELD_BACK, "motif=")
    for label in ("Vaccination", "Oui"):
        site.page.get_by_role("radio", name=label).check()
    wait_held_back(site.page)

    let_go(site.page)

    for label in ("Vaccination", "Oui"):
        radio = site.page.get_by_role("radio", name=label)
        chosen = f"{radio.get_attribute('name')}={radio.get_attribute('value')}"
        expect(site.page.locator(".day-strip a").first).to_have_attribute("href", re.compile(chosen))
        expect(radio).to_be_checked()
