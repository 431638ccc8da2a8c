"""The whole platform for the run, and the people before it: one browser context each."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from agenda.calendar.public_holidays import public_holiday
from integrations.simulators.client import Simulator
from medidesk.services.running import Demo, running
from tests.browser.chromium import WIDE, chromium
from tests.browser.desk_page import NADIA, DeskPage
from tests.browser.patience import GENEROUS_SECONDS, eventually
from tests.browser.people import Person
from tests.browser.platform_page import PlatformPage
from tests.browser.site_page import SitePage

# Pages are made to be looked at on a working morning; another moment shows that nothing depends on it.
TUESDAY_MORNING = "2026-11-24T10:35:00+01:00"
POSTAL_CODE = "59200"
NOON, SATURDAY = 12, 5
BEGINS = os.environ.get("MEDIDESK_STAGE_NOW", TUESDAY_MORNING)


class Stage:
    """The running platform, seen by browsers."""

    today = datetime.fromisoformat(BEGINS).date()

    def __init__(self, demo: Demo, browser: Browser) -> None:
        self.demo = demo
        self.browser = browser
        self.doctolib = Simulator(demo.doctolib_url)
        self.maiia = Simulator(demo.maiia_url)
        self.site_url = demo.cabinet_url("tourcoing")
        self._sessions: dict[str, Any] = {}
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.somebody: Person | None = None

    @property
    def working_day(self) -> date:
        """A day with visits ahead: today, or late in the day and at the week's end the next one on which everybody works."""
        over = datetime.fromisoformat(BEGINS).hour >= NOON
        days = (self.today + timedelta(days=number) for number in range(over, 14))
        return next(day for day in days if day.weekday() < SATURDAY and not public_holiday(POSTAL_CODE, day))

    def context(self, **options: Any) -> BrowserContext:
        """A browser of its own: no cookies of others. Closed by `leave`."""
        context = self.browser.new_context(**{"viewport": WIDE, "locale": "fr-FR", "reduced_motion": "reduce"} | options)
        context.on("console", self._listen)
        context.set_default_timeout(GENEROUS_SECONDS * 1000)
        self._contexts.append(context)
        return context

    def _listen(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains of: a blocked resource, an error of a script. A refusal answered by 4xx is none."""
        if message.type == "error" and not re.search(r"the server responded with a status of 4\d\d", message.text):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def leave(self) -> None:
        """Close every browser opened since."""
        while self._contexts:
            self._contexts.pop().close()

    def close(self) -> None:
        """Let go of the simulators."""
        self.doctolib.close()
        self.maiia.close()

    def desk(self, email: str = NADIA, **options: Any) -> DeskPage:
        """Somebody of the cabinet, signed in."""
        if email not in self._sessions:
            context = self.context()
            DeskPage(context.new_page(), self.site_url).sign_in(email)
            self._sessions[email] = context.storage_state()
        return DeskPage(self.context(storage_state=self._sessions[email], **options).new_page(), self.site_url)

    def site(self, **options: Any) -> SitePage:
        """A patient at the cabinet's site."""
        return SitePage(self.context(**options).new_page(), self.site_url)

    def platform(self, name: str, **options: Any) -> PlatformPage:
        """A patient at a platform: `doctolib` or `maiia`."""
        return PlatformPage(self.context(**options).new_page(), self.demo.addresses[name])

    def simulator(self, name: str) -> Simulator:
        """The orders and the ledger of a platform."""
        return {"doctolib": self.doctolib, "maiia": self.maiia}[name]

    def taken_on(self, name: str, practitioner: str, reason: str, *people: Person) -> date:
        """Let people book on a platform, by order, the last free times of the last day shown that has one for each; the day."""
        times = [datetime.fromisoformat(start) for start in self.platform(name).times(practitioner, reason)]
        free = Counter(start.date() for start in times)
        day = max(day for day in free if free[day] >= len(people))
        state = self.simulator(name).state()
        who = next(one["id"] for one in state["practitioners"] if one["name"] == practitioner)
        motive = next(one["id"] for one in state["motives"] if one["name"] == reason)
        for person, start in zip(people, reversed([one for one in times if one.date() == day]), strict=False):
            names = {"first_name": person.first_name, "last_name": person.last_name, "phone": person.phone_e164}
            self.simulator(name).book(who, start.isoformat(), motive=motive, patient=names)
        return day

    def page(self, **options: Any) -> Page:
        """An empty page of a stranger."""
        return self.context(**options).new_page()

    def code_of(self, person: Person, other_than: str = "") -> str:
        """The last code sent to the person, waiting for it."""
        return eventually(lambda: next((code for code in self._found(person, r"votre code est (\d{6})") if code != other_than), ""))

    def link_of(self, person: Person) -> str:
        """The last signed link sent to the person, waiting for it."""
        return eventually(lambda: next(iter(self._found(person, r"(http://\S+/rdv/\S+)")), ""))

    def _found(self, person: Person, wanted: str) -> list[str]:
        """What the pattern matches in the messages sent to the person, latest first."""
        return [found[1] for found in map(re.compile(wanted).search, self._texts(person)) if found]

    def _texts(self, person: Person) -> list[str]:
        """Latest first. The name of the cabinet's host is for browsers: Python is told where it is."""
        address, host = self.demo.web_url.replace("localhost", "127.0.0.1"), self.site_url.removeprefix("http://")
        asked = {"to": person.phone_e164}
        answer = httpx.get(f"{address}/_dev/outbox.json", params=asked, headers={"Host": host}, trust_env=False, timeout=30)
        return [one["text"] for one in reversed(answer.raise_for_status().json()["results"])]


def is_closed(simulator: Simulator, practitioner: str, start: str) -> bool:
    """Whether something keeps a platform from giving this instant of a practitioner's: its own visit or a time closed by the cabinet."""
    state, instant = simulator.state(), datetime.fromisoformat(start)
    those = [one["id"] for one in state["practitioners"] if one["name"] == practitioner]
    taken = [*state["busy"], *(one for one in state["appointments"] if one["status"] == "confirmed")]
    return any(
        one["practitioner"] in those and datetime.fromisoformat(one["start"]) <= instant < datetime.fromisoformat(one["end"])
        for one in taken
    )


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Everything started over `folder`, on a working Tuesday morning (or when MEDIDESK_STAGE_NOW says)."""
    with running(var=folder, seed=True, fake_now=BEGINS, env={"MEDIDESK_RATE_LIMITS": "off"}) as demo, chromium() as browser:
        expect.set_options(timeout=GENEROUS_SECONDS * 1000)
        stage = Stage(demo, browser)
        try:
            yield stage
        finally:
            stage.leave()
            stage.close()
