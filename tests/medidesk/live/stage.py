"""The live process over the tests' Valkey, and pages that listen to it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true, seconds: float = 10.0) -> None:
    """Return when `true()` is; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def health(base: str) -> dict | None:
    """What the process says of itself, `None` when it does not answer."""
    try:
        return httpx.get(f"{base}/health", timeout=2).json()
    except httpx.TransportError:
        return None


_running: dict[str, subprocess.Popen[bytes]] = {}


def stop_process(base: str) -> None:
    """Ask the process at this address to stop, without waiting."""
    _running[base].terminate()


@contextmanager
def live_process(redis_url: str, **environment: str) -> Iterator[str]:
    """Start `uvicorn medidesk.live.app:application`; its base address, when news arrive."""
    port = free_port()
    told = {**os.environ, "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment}
    command = [sys.executable, "-m", "uvicorn", "medidesk.live.app:application", "--port", str(port), "--no-access-log"]
    process = subprocess.Popen([*command, "--timeout-graceful-shutdown", "3", "--log-level", "warning"], env=told)
    base = f"http://127.0.0.1:{port}"
    _running[base] = process
    try:
        wait_until(lambda: (health(base) or {}).get("status") == "ok")
        yield base
    finally:
        process.terminate()
        process.wait(10)
        del _running[base]


class Page:
    """An open page: what its stream told it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next_news(self) -> dict:
        """The next news, pings passed over."""
        for line in self._lines:
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))
        raise EOFError

    def ends(self) -> bool:
        """Does the stream end without further news?"""
        return [line for line in self._lines if line.startswith("data: ") and line != "data: {}"] == []


@contextmanager
def open_page(base: str, ticket: str, **headers: str) -> Iterator[Page]:
    """A page that listens; the block begins when the stream is open."""
    with httpx.stream("GET", f"{base}/events/{ticket}", headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert next(lines) == "retry: 3000"
        yield Page(lines)
