"""A cabinet at work on a running platform: somebody books, somebody looks at the desk, two platforms look on."""

import time
from typing import Any

import httpx

from integrations.simulators.client import Simulator
from medidesk.services.running import Demo
from tests.whole.cabinet_client import CabinetClient
from tests.whole.traffic import book, shown, vaccination, wait_until, wanted

# What people wait for at most while something is broken, on a machine that does other things as well.
ANSWERED_WITHIN_SECONDS = 10
TOLD_WITHIN_SECONDS = 120


class Desk:
    """The Tilleuls: a secretary signed in, both platforms by name, free times that nobody else takes."""

    def __init__(self, demo: Demo, cabinet: CabinetClient) -> None:
        self.demo, self.cabinet = demo, cabinet
        self.browser = cabinet.sign_in("nadia@tilleuls.example")
        self.reason = vaccination(cabinet)
        self.free = cabinet.free_times(self.reason, days=80)[40:]
        self.platforms = {"doctolib": Simulator(demo.doctolib_url), "maiia": Simulator(demo.maiia_url)}
        self.booked = 0
        self.longest = 0.0

    def close(self) -> None:
        """Let go of the platforms."""
        for simulator in self.platforms.values():
            simulator.close()

    def book(self, many: int = 3) -> list[dict[str, Any]]:
        """Visits on free times, each answered in time."""
        return [self._book() for _visit in range(many)]

    def page(self, path: str = "/agenda/") -> str:
        """A page as the secretary sees it, in time."""
        before = time.monotonic()
        answer = self.browser.get(path, follow_redirects=True)
        self._note(before)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def site(self) -> str:
        """The cabinet's site as a patient sees it, in time."""
        before = time.monotonic()
        with httpx.Client(base_url=self.cabinet.base, headers={"Host": self.cabinet.host}, timeout=30, trust_env=False) as anybody:
            answer = anybody.get("/", follow_redirects=True)
        self._note(before)
        assert answer.status_code == 200
        return answer.text

    def lamps(self) -> list[str]:
        """The state of each connection's lamp: `ok`, `late`, `down`."""
        text = self.page()
        return [state for part in text.split('class="lamp ')[1:] for state in [part.split('"', 1)[0]]]

    def wait_open(self) -> None:
        """Until the secretary has the agenda before her again."""
        wait_until(lambda: self.browser.get("/agenda/").status_code == 200, 30, "the desk did not come back")

    def wait_lamp(self, state: str, seconds: float = TOLD_WITHIN_SECONDS) -> float:
        """Until some lamp shows this state; answers how many seconds that took."""
        before = time.monotonic()
        wait_until(lambda: state in self.lamps(), seconds, f"no lamp shows « {state} »")
        return time.monotonic() - before

    def wait_well(self, seconds: float = TOLD_WITHIN_SECONDS) -> float:
        """Until every lamp is green; answers how many seconds that took."""
        before = time.monotonic()
        wait_until(lambda: set(self.lamps()) == {"ok"}, seconds, "a lamp is not green")
        return time.monotonic() - before

    def wait_told(self, visits: list[dict[str, Any]], *names: str) -> float:
        """Until both platforms (or those named) show each visit's time, once; answers how many seconds that took."""
        before = time.monotonic()
        for name in names or tuple(self.platforms):
            simulator = self.platforms[name]
            wait_until(lambda there=simulator: shown(there, visits) == wanted(visits), TOLD_WITHIN_SECONDS, f"{name} was not told")
        return time.monotonic() - before

    def _book(self) -> dict[str, Any]:
        self.booked += 1
        before = time.monotonic()
        visit = book(self.cabinet, self.reason, self.free.pop(0), self.booked)
        self._note(before)
        return visit

    def _note(self, before: float) -> None:
        took = time.monotonic() - before
        self.longest = max(self.longest, took)
        assert took < ANSWERED_WITHIN_SECONDS, f"answered after {took:.1f} s"
