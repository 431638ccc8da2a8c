"""Where a measure plays: Postgres, Valkey and the web server with production's own command and settings, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg2

from bench.data import NOW
from bench.load import run_load
from medidesk.services import platform
from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.ports import free_port
from medidesk.services.processes import signal_group, spawn, wait_gone
from medidesk.services.root import ROOT
from medidesk.services.stores import temporary_services
from medidesk.services.supervised import Program

TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60.0


@dataclass
class Stage:
    """What runs: the web server's port, the processes whose CPU counts, the variables that reach the same stores."""

    port: int
    environment: dict[str, str]
    web: subprocess.Popen[bytes]
    postgres: int
    generator: Executor
    other_cores: list[float] = field(default_factory=list)

    def run(self, load: Any, work: Callable[[Any], Any] = run_load) -> tuple[Any, float]:
        """Send the load from the generator's process; what came back, and the CPU seconds that the servers spent on it."""
        before, machine, started = self.cpu_seconds(), _machine_busy_seconds(), time.perf_counter()
        outcome = self.generator.submit(work, load).result()
        cpu, elapsed = self.cpu_seconds() - before, time.perf_counter() - started
        others = _machine_busy_seconds() - machine - cpu - outcome.own_cpu_seconds
        self.other_cores.append(max(0.0, others / elapsed))
        return outcome, cpu

    def cpu_seconds(self) -> float:
        """User and system time so far of the web server's and of Postgres's process trees."""
        return _tree_seconds(self.web.pid) + _tree_seconds(self.postgres)

    def now(self) -> datetime:
        """The present as the servers see it, in UTC."""
        return datetime.fromisoformat(NOW).astimezone(UTC) + timedelta(
            seconds=time.time() - float(self.environment["MEDIDESK_FAKE_NOW_AT"])
        )

    def sql(self, statement: str, values: Any = None) -> list[tuple]:
        """Ask Postgres directly."""
        with database(self.environment) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def staged(cabinets: Mapping[str, Mapping[str, Any]], *, pages: bool = False) -> Iterator[tuple[Stage, dict[str, Any]]]:
    """Start everything over fresh stores (with fsync, as in production) and make the cabinets: name → options of bench.data.

    `pages`: with the static files that pages name.
    """
    with temporary_services(durable=True) as stores:
        var = Path(stores["MEDIDESK_VAR"])
        (var / "log").mkdir(parents=True, exist_ok=True)
        port = free_port()
        ports = platform.Ports(web=port, live=free_port(), doctolib=free_port(), maiia=free_port())
        environment = _environment(var, ports, stores)
        if pages:
            collect = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "-v", "0"]
            subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        made = _make_data(environment, cabinets)
        program = next(one for one in platform.processes(var, ports) if one.name == "web")
        with running(program, environment) as web, generator() as process:
            yield Stage(port, environment, web, _postmaster(environment), process), made


def generator() -> ProcessPoolExecutor:
    """The process from which loads are sent."""
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def _environment(var: Path, ports: platform.Ports, stores: Mapping[str, str]) -> dict[str, str]:
    """Production's: no demonstration, HTTPS in front, only the limits off (one key asks for everybody) and a fixed day."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("MEDIDESK_")}
    told = platform.environment(var, ports, stores, given)
    return told | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "MEDIDESK_DEMO": "off",
        "MEDIDESK_BEHIND_PROXY": "on",
        "MEDIDESK_ALLOW_PRIVATE_TARGETS": "off",
        "MEDIDESK_RATE_LIMITS": "off",
        "MEDIDESK_FAKE_NOW": NOW,
        "MEDIDESK_FAKE_NOW_AT": str(time.time()),
    }


def _make_data(environment: Mapping[str, str], cabinets: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    argv = [sys.executable, "-m", "bench.data", json.dumps(cabinets)]
    done = subprocess.run(argv, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise ServiceError("les données de la mesure n'ont pas pu être faites.")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def running(program: Program, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """One of production's programs over the stage's stores, until the block ends. Raises ServiceError when it does not start."""
    log = Path(environment["MEDIDESK_VAR"]) / "log" / f"{program.name}.log"
    process = spawn(program.argv, env=environment, log=log, cwd=ROOT)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (program.answers() and program.says in log.read_text(errors="replace")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(f"{program.name} ne répond pas ({last_line(log)})")
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        if not wait_gone(process.pid, 10, process):
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def database(environment: Mapping[str, str]) -> Iterator["psycopg2.extensions.connection"]:
    """A connection of the bare driver, committing each statement by itself."""
    connection = psycopg2.connect(environment["DATABASE_URL"])
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def _postmaster(environment: Mapping[str, str]) -> int:
    """The process of which every backend is a child: the parent of our own backend."""
    with database(environment) as connection:
        backend = connection.info.backend_pid
        return _stat(backend)[1]


def _stat(pid: int) -> tuple[float, int]:
    """CPU seconds of a process and of its ended children, and its parent; zeros when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0
    return sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICK, int(fields[1])


def _tree_seconds(root: int) -> float:
    found = {int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    tree = {root}
    while grown := {pid for pid, (_, parent) in found.items() if parent in tree} - tree:
        tree |= grown
    return sum(found[pid][0] for pid in tree if pid in found)


def _machine_busy_seconds() -> float:
    """CPU seconds that the whole machine has spent on anything."""
    fields = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def wait_until_quiet(seconds: float = 20.0) -> None:
    """Wait until three quarters of the machine were idle for a second and a half; give up after `seconds`."""
    deadline = time.monotonic() + seconds
    cores = os.cpu_count() or 1
    while time.monotonic() < deadline:
        busy = _machine_busy_seconds()
        time.sleep(1.5)
        if (_machine_busy_seconds() - busy) / 1.5 < cores / 4:
            return
