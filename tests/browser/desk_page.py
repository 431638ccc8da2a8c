"""The desk, as the people of the cabinet use it."""

from datetime import date, datetime

from playwright.sync_api import Locator, Page

NADIA = "nadia@tilleuls.example"
MINH = "minh.nguyen@tilleuls.example"
PASSWORD = "medidesk-demo"


class DeskPage:
    """Somebody of the cabinet before the agenda."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def sign_in(self, email: str) -> None:
        """By password."""
        self.page.goto(f"{self.url}/agenda/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.locator("#grid").wait_for()

    def open(self, day: date | None = None) -> None:
        """The agenda of a day, listening to the news."""
        with self.page.expect_response(lambda answer: "text/event-stream" in answer.headers.get("content-type", "")):
            self.page.goto(f"{self.url}/agenda/jour/{day}" if day else f"{self.url}/agenda/")
        self.page.evaluate("document.fonts.ready.then(() => true)")  # nothing moves any more

    def visit(self, name: str) -> Locator:
        """The visit of a patient on the page."""
        return self.page.locator(".visit").filter(has_text=name)

    def visit_at(self, name: str, time: str) -> Locator:
        """The visit of a patient at a time, written 14:20."""
        return self.visit(name).filter(has=self.page.locator(".visit-time", has_text=time))

    def open_visit(self, name: str) -> None:
        """Its dialog."""
        self.visit(name).locator("a").click()
        self.page.locator("#desk-dialog .visit-sheet").wait_for()

    def move(self, name: str, start: datetime) -> None:
        """Move a visit by the form."""
        self.open_visit(name)
        self.page.get_by_role("link", name="Déplacer…").click()
        self.page.get_by_label("Jour", exact=True).fill(start.date().isoformat())
        self.page.get_by_label("Heure", exact=True).fill(f"{start:%H:%M}")
        self.page.get_by_role("button", name="Déplacer le rendez-vous").click()
        self.visit_at(name, f"{start:%H:%M}").wait_for()

    def cancel(self, name: str) -> None:
        """Cancel a visit at the patient's demand."""
        self.open_visit(name)
        self.page.locator("summary", has_text="Annuler le rendez-vous").click()
        self.page.get_by_role("button", name="Annuler le rendez-vous").click()
        self.visit(name).wait_for(state="detached")
