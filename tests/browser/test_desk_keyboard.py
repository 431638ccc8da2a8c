"""The desk without a mouse."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import DeskPage
from tests.browser.patience import within
from tests.browser.people import newcomer
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

WHILE_SPEAKING_SECONDS = 20

# The answer to an act comes to the page after the news of it.
NEWS_FIRST = """() => {
    const asked = window.fetch.bind(window);
    let told = null;
    window.fetch = async (url, options) => {
        const answer = await asked(url, options);
        if (String(url).endsWith("/statut")) {
            await new Promise((resolve) => { told = resolve; dispatchEvent(new Event("online")); });
        } else if (told) {
            setTimeout(told, 100);
        }
        return answer;
    };
}"""


def book_a_caller(desk: DeskPage) -> float:
    """N, the name and the birth date, Enter, the first reason, the second time, Enter; seconds until it is booked."""
    person, keyboard, began = newcomer(), desk.page.keyboard, time.monotonic()
    keyboard.press("n")
    expect(desk.page.locator("#q-patient")).to_be_focused()
    keyboard.type(f"{person.last_name} {person.first_name} {''.join(person.birth)}")
    desk.page.locator("#matches label").first.wait_for()
    keyboard.press("Enter")
    expect(desk.page.locator(".new-patient [name=phone]")).to_be_focused()
    keyboard.type(person.phone)
    keyboard.press("Enter")
    keyboard.press("1")
    expect(desk.page.locator("[name=horaire]").first).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    desk.page.locator("#toast", has_text=f"{person.on_lists}\u00a0: rendez-vous pris").wait_for()
    return time.monotonic() - began


def test_a_caller_is_booked_from_the_keyboard_alone(stage: Stage) -> None:
    desk = stage.desk()
    desk.open()

    within(WHILE_SPEAKING_SECONDS, "a caller booked by keyboard", lambda: book_a_caller(desk))

    expect(desk.page.locator("#desk-dialog")).to_be_hidden()


def test_status_keys_act_on_the_visit_under_the_focus_and_are_taken_back(stage: Stage) -> None:
    person, desk = newcomer(), stage.desk()
    desk.open(stage.taken_on("doctolib", "Julie Morel", "Vaccination", person))
    visit = desk.visit(person.on_lists)
    visit.locator("a").focus()

    desk.page.keyboard.press("a")
    expect(visit).to_contain_class("status-arrived")
    expect(visit.locator("a")).to_be_focused()
    desk.page.locator("#toast-undo").press("Enter")

    expect(visit).to_contain_class("status-confirmed")


def test_an_act_shows_where_the_news_of_it_came_first(stage: Stage) -> None:
    person, desk = newcomer(), stage.desk()
    desk.open(stage.taken_on("doctolib", "Julie Morel", "Vaccination", person))
    visit = desk.visit(person.on_lists)
    visit.locator("a").focus()

    desk.page.evaluate(NEWS_FIRST)
    desk.page.keyboard.press("a")

    expect(visit).to_contain_class("status-arrived")


def test_escape_gives_the_kept_time_back(stage: Stage) -> None:
    desk = stage.desk()
    desk.open()
    desk.page.keyboard.press("w")
    desk.page.locator("#desk-dialog .call-form").wait_for()

    desk.page.keyboard.press("Escape")

    expect(desk.page.locator("#desk-dialog")).to_be_hidden()
    expect(desk.page.locator("[data-key=w]")).to_be_focused()
