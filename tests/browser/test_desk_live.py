"""An open page of the desk follows what others do, and leaves alone what is being used."""

import time

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk_page import MINH, DeskPage
from tests.browser.patience import within
from tests.browser.people import Person, newcomer
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

ANOTHER_DESK_SECONDS = 1
NURSE = ("Julie Morel", "Vaccination")
PHYSIOTHERAPIST = ("Minh Nguyen", "Kinésithérapie, séance")


def arrive(desk: DeskPage, person: Person, seen: Locator) -> float:
    """Note an arrival by its key; seconds until it is seen elsewhere."""
    desk.visit(person.on_lists).locator("a").focus()
    pressed = time.monotonic()
    desk.page.keyboard.press("a")
    expect(seen).to_contain_class("status-arrived")
    return time.monotonic() - pressed


def test_what_the_secretary_notes_is_on_the_practitioner_s_page_within_a_second(stage: Stage) -> None:
    nadia, minh = stage.desk(), stage.desk(MINH)

    def note() -> float:
        person = newcomer()
        day = stage.taken_on("doctolib", *PHYSIOTHERAPIST, person)
        for desk in (nadia, minh):
            desk.open(day)
        minh.visit(person.on_lists).wait_for()
        return arrive(nadia, person, minh.visit(person.on_lists))

    within(ANOTHER_DESK_SECONDS, "one desk to another", note)


def test_what_is_under_the_focus_stays_until_it_is_left(stage: Stage) -> None:
    used, other = newcomer(), newcomer()
    day = stage.taken_on("doctolib", *NURSE, used, other)
    nadia, reader = stage.desk(), stage.desk()
    for desk in (nadia, reader):
        desk.open(day)
    reader.visit(other.on_lists).wait_for()
    link = reader.visit(used.on_lists).locator("a")
    link.focus()
    before = link.bounding_box()

    arrive(nadia, used, nadia.visit(used.on_lists))
    arrive(nadia, other, reader.visit(other.on_lists))

    expect(link).to_be_focused()
    assert link.bounding_box() == before
    reader.visit(other.on_lists).locator("a").focus()
    expect(reader.visit(used.on_lists)).to_contain_class("status-arrived")
