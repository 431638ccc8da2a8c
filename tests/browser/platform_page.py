"""The pages of a simulated platform, as its patients use them."""

from datetime import date

from playwright.sync_api import Page

from tests.browser.people import Person


class PlatformPage:
    """A visitor of the Doctolib or Maiia simulator."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def times(self, practitioner: str, reason: str, since: date | None = None) -> list[str]:
        """The starts offered in the week shown, with their offset; the page stays on it."""
        self.page.goto(self.url)
        self.page.get_by_role("radio", name=practitioner).check()
        self.page.locator("#motive").select_option(label=self._option(reason))
        self.page.locator("#see-times").click()
        self.page.wait_for_url("**/horaires?**")
        if since:
            self.page.goto(f"{self.page.url}&from={since}")
        self.page.locator("#times").wait_for()
        return [str(one.get_attribute("data-start")) for one in self.page.locator("button[data-start]").all()]

    def choose(self, start: str) -> None:
        """Press a time of the page shown."""
        self.page.locator(f'button[data-start="{start}"]').click()

    def fill(self, person: Person) -> None:
        """Say who comes."""
        day, month, year = person.birth
        values = {"last_name": person.last_name, "first_name": person.first_name, "phone": person.phone, "email": person.email}
        for name, value in (values | {"birth_day": day, "birth_month": month, "birth_year": year}).items():
            self.page.locator(f"#{name}").fill(value)

    def confirm(self) -> str:
        """Book; the visit's id on this platform."""
        self.page.locator("#confirm").click()
        self.page.locator("#done").wait_for()
        return str(self.page.locator("#visit").get_attribute("data-appointment"))

    def cancel(self, visit: str) -> None:
        """Cancel a visit."""
        self.page.goto(f"{self.url}/rendez-vous/{visit}")
        self.page.locator("#cancel").click()
        self.page.locator("#confirm-cancel").click()
        self.page.get_by_role("heading", name="Votre rendez-vous est annulé").wait_for()

    def _option(self, reason: str) -> str:
        """The motives are listed with their length."""
        return next(text for text in self.page.locator("#motive option").all_text_contents() if text.startswith(f"{reason} ("))
