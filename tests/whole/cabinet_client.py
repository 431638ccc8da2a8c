"""Talks to one cabinet of a running platform: as a partner over REST, as somebody of the cabinet over its pages."""

import re
from datetime import date, timedelta
from typing import Any

import httpx

from medidesk.services.running import Demo

SCOPES = ("agenda:write", "patients:write", "settings:write")


class CabinetClient:
    """Names ending in .localhost are for browsers: here the address is the loopback one and the host is told in the header."""

    def __init__(self, demo: Demo, slug: str) -> None:
        self.demo, self.slug = demo, slug
        self.host = f"{slug}.localhost:{demo.web_url.rsplit(':', 1)[1]}"
        self.base = demo.web_url.replace("localhost", "127.0.0.1")
        arguments = [part for scope in SCOPES for part in ("--scope", scope)]
        self.key = demo.manage("create_api_key", slug, "--name", "Essai", *arguments, "--staff").stdout.split()[-1]
        self.browsers: list[httpx.Client] = []
        self.http = self.browser()

    def __enter__(self) -> "CabinetClient":
        return self

    def __exit__(self, *_: object) -> None:
        for browser in self.browsers:
            browser.close()

    def browser(self) -> httpx.Client:
        """A fresh visitor, with no cookie; closed with the cabinet."""
        self.browsers.append(httpx.Client(base_url=self.base, headers={"Host": self.host}, timeout=30, trust_env=False))
        return self.browsers[-1]

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One REST call with the key; `path` is below /api/v1/."""
        sent = {"Authorization": f"Bearer {self.key}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith("http") else f"/api/v1/{path}"
        return self.http.request(method, address.replace(f"http://{self.host}", ""), json=body, headers=sent)

    def everything(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        rows, address = [], f"{path}{'&' if '?' in path else '?'}limit=200"
        while address:
            answer = self.api("GET", address).raise_for_status().json()
            rows += answer["results"]
            address = answer["next"]
        return rows

    def free_times(self, reason: str, days: int = 60, start: date | None = None) -> list[tuple[str, str]]:
        """(practitioner, start) of every free time for a reason."""
        first = start or date.today() + timedelta(days=1)
        query = f"slots?visit_reason={reason}&from={first}&to={first + timedelta(days=days)}&channel=phone"
        offers = self.api("GET", query).raise_for_status().json()["practitioners"]
        return [(offer["id"], start) for offer in offers for start in offer["slots"]]

    def sign_in(self, email: str, password: str = "medidesk-demo") -> httpx.Client:
        """Somebody of the cabinet, signed in."""
        browser = self.browser()
        page = browser.get("/compte/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        answer = browser.post("/compte/login/", data=form, headers={"Origin": f"http://{self.host}", "Referer": f"http://{self.host}/"})
        assert answer.status_code == 302, answer.text
        return browser

    def outbox(self) -> list[dict[str, Any]]:
        """The messages sent, oldest first."""
        return self.http.get("/_dev/outbox.json").raise_for_status().json()["results"]
