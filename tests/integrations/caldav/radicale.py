"""A real CalDAV server on a free port, its files in a temporary folder, and somebody who uses it from a telephone."""

import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.integrations.simulators.processes import free_port

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
MAKE = (
    '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>{name}</D:displayname>'
    '<C:supported-calendar-component-set><C:comp name="{kind}"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>'
)


class Radicale:
    """The server, and what its user `alma` does there."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        folder.joinpath("users").write_text("alma:secret:é\n", encoding="utf-8")
        config = folder / "config"
        config.write_text(CONFIG.format(port=self.port, folder=folder), encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(config)], cwd=folder)
        self.http = httpx.Client(base_url=self.url, auth=("alma", "secret:é"), timeout=10, trust_env=False)
        deadline = time.monotonic() + 120
        while True:
            try:
                self.http.get("/.web/")
                return
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """End the process that was started here."""
        self.http.close()
        self.process.kill()
        self.process.wait()

    def make(self, name: str, kind: str = "VEVENT") -> str:
        """A new calendar; answers its address."""
        address = f"/alma/{name}/"
        self.http.request("MKCALENDAR", address, content=MAKE.format(name=name, kind=kind)).raise_for_status()
        return address

    def empty(self) -> None:
        """No calendar is left."""
        self.http.request("DELETE", "/alma/")

    def write(self, calendar: str, uid: str, start: datetime, *lines: str, minutes: int = 30) -> str:
        """An event, new or changed; answers its address."""
        address = f"{calendar}{uid}.ics"
        self.put(address, event(uid, start, start + timedelta(minutes=minutes), *lines))
        return address

    def put(self, address: str, text: str) -> None:
        """Any text there."""
        self.http.put(address, content=text.encode(), headers={"Content-Type": "text/calendar"}).raise_for_status()

    def remove(self, address: str) -> None:
        """An event goes."""
        self.http.delete(address).raise_for_status()

    def texts(self, calendar: str) -> list[str]:
        """Every event of a calendar, as it is stored."""
        listed = self.http.request("PROPFIND", calendar, headers={"Depth": "1"}).text
        found = sorted(set(re.findall(r"<(?:\w+:)?href>([^<]+\.ics)</", listed)))
        return [self.http.get(each).text for each in found]

    def times(self, calendar: str) -> list[str]:
        """When MediDesk's own events begin, as they are written."""
        return sorted(line for text in self.texts(calendar) if "@medidesk" in text for line in text.split() if line.startswith("DTSTART"))


def event(uid: str, start: datetime, end: datetime, *lines: str) -> str:
    """One event as an object of CalDAV."""
    times = (f"DTSTART:{_utc(start)}", f"DTEND:{_utc(end)}")
    named = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//FR", "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260301T000000Z", *times)
    return "\r\n".join([*named, *(lines or ("SUMMARY:Dentiste",)), "END:VEVENT", "END:VCALENDAR", ""])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
