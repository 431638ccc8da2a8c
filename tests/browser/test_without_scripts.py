"""The patients' site where scripts are off: the whole path."""

import pytest

from tests.browser.people import newcomer
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

REASON, PRACTITIONER = "Vaccination", "Julie Morel"


def test_a_visit_is_booked_and_cancelled_without_scripts(stage: Stage) -> None:
    person, site = newcomer(), stage.site(java_script_enabled=False)
    site.open()
    for label in (REASON, "Oui"):
        site.page.get_by_role("radio", name=label).check()
    site.page.get_by_role("button", name="Voir les horaires").click()
    site.page.locator(".week .slot").last.click()
    site.fill(person)
    site.send()
    site.type_code(stage.code_of(person))
    site.send()
    site.page.get_by_role("heading", name="Votre rendez-vous est confirmé.").wait_for()

    site.cancel(stage.link_of(person))
    assert site.page.get_by_text("Merci d’avoir prévenu.").is_visible()


def test_what_was_typed_stays_when_something_is_missing(stage: Stage) -> None:
    site = stage.site(java_script_enabled=False)
    site.open()
    site.page.locator(".week .slot").last.click()
    site.page.get_by_label("Nom de naissance").fill("Haddad")

    site.send()

    summary = site.page.get_by_role("alert")
    assert summary.get_by_role("link").all_text_contents()[0] == "Saisissez votre prénom."
    assert site.page.get_by_label("Nom de naissance").input_value() == "Haddad"
