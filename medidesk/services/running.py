"""The whole platform as one context manager, for browser tests, kill tests and measures: the real command, in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.postgres import EmbeddedPostgres
from medidesk.services.processes import spawn, wait_gone
from medidesk.services.register import Register
from medidesk.services.root import ROOT

# What a test process was told of its own services is not for the platform under test.
NOT_HANDED_ON = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS"}
# Postgres waits for its clients after a SIGTERM, and ours stay.
POLITELY = {"postgres": signal.SIGINT}


@dataclass(frozen=True)
class Process:
    """One process of the platform."""

    name: str
    pid: int

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal (kill -9 by default): the main process alone, its children are the supervisor's affair."""
        os.kill(self.pid, number)


class Demo:
    """A running platform: where it answers, its processes, its folder."""

    def __init__(self, var: Path, supervisor: subprocess.Popen[bytes]) -> None:
        self.var = var
        self.supervisor = supervisor
        self.register = Register(var)

    @property
    def addresses(self) -> dict[str, str]:
        """Keys `web`, `live`, `doctolib`, `maiia`."""
        return self.register.read("addresses")

    @property
    def web_url(self) -> str:
        """http://localhost:PORT, the public host."""
        return self.addresses["web"]

    @property
    def live_url(self) -> str:
        """Where events are streamed."""
        return self.addresses["live"]

    @property
    def doctolib_url(self) -> str:
        """The Doctolib simulator."""
        return self.addresses["doctolib"]

    @property
    def maiia_url(self) -> str:
        """The Maiia simulator."""
        return self.addresses["maiia"]

    def cabinet_url(self, name: str) -> str:
        """The address of a cabinet: `tourcoing`, `reunion`."""
        return self.web_url.replace("localhost", f"{name}.localhost")

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its processes: DATABASE_URL, REDIS_URL, MEDIDESK_…"""
        return self.register.read("environment")

    def log(self, name: str) -> str:
        """What the process `name` has written so far."""
        return (self.var / "log" / f"{name}.log").read_text(errors="replace")

    def process(self, name: str) -> Process:
        """The process `name` (web, live, worker, beat, doctolib, maiia, postgres, valkey) of now; ServiceError if it is down."""
        pid = {"postgres": self._postgres_pid, "valkey": self._valkey_pid}.get(name, lambda: self.register.pid(name))()
        if not pid:
            raise ServiceError(f"{name} ne tourne pas.")
        return Process(name, pid)

    def kill(self, name: str, *, wait_seconds: float = 30) -> Process:
        """kill -9 the process and wait until the supervisor has started it again; the new one."""
        before = self.process(name)
        before.kill()
        return self._wait_replaced(before, wait_seconds)

    def restart(self, name: str, *, wait_seconds: float = 30) -> Process:
        """End the process politely and wait until the supervisor has started it again; the new one."""
        before = self.process(name)
        before.kill(POLITELY.get(name, signal.SIGTERM))
        return self._wait_replaced(before, wait_seconds)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `manage.py` command over it."""
        argv = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(argv, cwd=ROOT, env={**os.environ, **self.environment}, capture_output=True, text=True, check=True)

    def _wait_replaced(self, before: Process, seconds: float) -> Process:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if (now := self.process(before.name)).pid != before.pid:
                    return now
            except ServiceError:
                pass
            time.sleep(0.05)
        raise ServiceError(f"{before.name} n'est pas reparti en {seconds:.0f} s.")

    def _postgres_pid(self) -> int:
        cluster = EmbeddedPostgres(self.var / "postgres", self.var / "log" / "postgres.log")
        return cluster.running_pid()

    def _valkey_pid(self) -> int:
        import json

        try:
            return int(json.loads((self.var / "valkey" / "server.json").read_text())["pid"])
        except (OSError, ValueError):
            return 0


@contextmanager
def running(
    *,
    var: Path,
    ports: Mapping[str, int] | None = None,
    seed: bool = True,
    fake_now: datetime | str | None = None,
    env: Mapping[str, str] | None = None,
    restarts: int = 1000,
    start_seconds: float = 240,
) -> Iterator[Demo]:
    """Start everything over `var` and stop it at the end. Raises ServiceError with the last line said when it does not start.

    `ports` (keys web, live, doctolib, maiia) names preferred ports; any free one otherwise. `restarts` is how often a minute a
    process may die before all stops. `env` is laid over the processes' environment.
    """
    var.mkdir(parents=True, exist_ok=True)
    Register(var).clear()
    log = var / "supervisor.log"
    process = spawn(
        [sys.executable, "-m", "medidesk.services", "demo"], env=_environment(var, ports, seed, fake_now, env, restarts), log=log, cwd=ROOT
    )
    demo = Demo(var, process)
    try:
        _wait_started(demo, log, start_seconds)
        yield demo
    finally:
        process.terminate()
        if not wait_gone(process.pid, 60, process):
            process.kill()
            process.wait()


def _environment(
    var: Path, ports: Mapping[str, int] | None, seed: bool, fake_now: datetime | str | None, env: Mapping[str, str] | None, restarts: int
) -> dict[str, str]:
    base = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON and not name.startswith(("PYTEST", "MEDIDESK_"))}
    chosen = {"web": -1, "live": -1, "doctolib": -1, "maiia": -1} | dict(ports or {})
    told = {
        "PYTHONPATH": str(ROOT),
        "MEDIDESK_VAR": str(var),
        "MEDIDESK_PORT": str(chosen["web"]),
        "MEDIDESK_LIVE_PORT": str(chosen["live"]),
        "MEDIDESK_DOCTOLIB_PORT": str(chosen["doctolib"]),
        "MEDIDESK_MAIIA_PORT": str(chosen["maiia"]),
        "MEDIDESK_RESTARTS": str(restarts),
        "MEDIDESK_SEED": "on" if seed else "off",
        "MEDIDESK_FSYNC": "off",
    }
    if fake_now:
        told["MEDIDESK_FAKE_NOW"] = fake_now.isoformat() if isinstance(fake_now, datetime) else fake_now
    return {**base, **told, **(env or {})}


def _wait_started(demo: Demo, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not demo.addresses:
        if demo.supervisor.poll() is not None:
            raise ServiceError(f"la plateforme n'a pas démarré : {last_line(log)}")
        if time.monotonic() > deadline:
            raise ServiceError(f"la plateforme n'est pas prête après {seconds:.0f} s : {last_line(log)}")
        time.sleep(0.1)
