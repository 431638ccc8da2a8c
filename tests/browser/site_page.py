"""The cabinet's own site, as patients use it, with or without scripts."""

import re

from playwright.sync_api import Page, expect

from tests.browser.people import Person


class SitePage:
    """A visitor of the cabinet's site."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self) -> None:
        """The first page."""
        self.page.goto(f"{self.url}/")

    def choose(self, reason: str, practitioner: str) -> None:
        """Choose the reason, as a known patient, and the practitioner; each answer brings the times up to date by itself."""
        for label in (reason, "Oui", practitioner):
            radio = self.page.get_by_role("radio", name=label)
            if not radio.is_checked():
                chosen = f"{radio.get_attribute('name')}={radio.get_attribute('value')}"
                radio.check()
                expect(self.page.locator(".day-strip a").first).to_have_attribute("href", re.compile(chosen))
            expect(self.page.get_by_role("radio", name=label)).to_be_checked()

    def times(self, reason: str, practitioner: str) -> list[str]:
        """The starts offered on the days shown; the page stays on them."""
        self.open()
        self.choose(reason, practitioner)
        return [str(one.get_attribute("value")) for one in self.page.locator(".week input[name=start]").all()]

    def take(self, start: str) -> None:
        """Press a time: it is kept for a quarter of an hour."""
        self.page.locator(f'.week form:has(input[name=start][value="{start}"]) button').click()
        self.page.get_by_role("heading", name="Vos coordonnées").wait_for()

    def last_time(self) -> str:
        """The last start offered on the days shown: no notice runs out on it while it is looked at."""
        return str(self.page.locator(".week input[name=start]").last.get_attribute("value"))

    def send_time(self, start: str) -> None:
        """Send the form of a time, also of a day that a telephone shows only after a tap."""
        self.page.locator(f'.week form:has(input[name=start][value="{start}"])').evaluate("form => form.requestSubmit()")

    def fill(self, person: Person) -> None:
        """Say who comes, for oneself."""
        day, month, year = person.birth
        self.page.get_by_label("Nom de naissance").fill(person.last_name)
        self.page.get_by_label("Prénom").fill(person.first_name)
        for label, value in (("Jour", day), ("Mois", month), ("Année", year)):
            self.page.get_by_label(label, exact=True).fill(value)
        self.page.get_by_label("Téléphone mobile").fill(person.phone)

    def send(self) -> None:
        """Send the identity, or the code."""
        self.page.get_by_role("button", name="Confirmer le rendez-vous").click()

    def type_code(self, code: str) -> None:
        """Type the code received."""
        self.page.get_by_label("Code").fill(code)

    def cancel(self, link: str) -> None:
        """Follow the link of a message and cancel."""
        self.page.goto(link)
        self.page.get_by_role("link", name="Annuler", exact=True).click()
        self.page.get_by_role("button", name="Annuler le rendez-vous").click()
        self.page.get_by_role("heading", name="Votre rendez-vous est annulé.").wait_for()
