"""The programs of the platform: simulators, web, live, worker, beat; their commands, addresses and environment."""

import http.client
import json
import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from medidesk.services.errors import ServiceError
from medidesk.services.ports import free_port
from medidesk.services.root import ROOT
from medidesk.services.supervised import Program

USUAL_PORTS = {"web": 8000, "live": 8001, "doctolib": 8010, "maiia": 8020}
PORT_VARIABLES = {
    "web": "MEDIDESK_PORT",
    "live": "MEDIDESK_LIVE_PORT",
    "doctolib": "MEDIDESK_DOCTOLIB_PORT",
    "maiia": "MEDIDESK_MAIIA_PORT",
}
# Platforms played beside Doctolib and Maiia when MEDIDESK_SIMULATORS names them; the demo does without.
FURTHER_PORTS = {"keldoc": 8030, "clickdoc": 8040, "docorga": 8050, "medoucine": 8060, "ics": 8070}
WEB_OPTIONS = ("--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "5", "--no-access-log")  # addresses may hold tokens
LIVE_OPTIONS = ("--no-access-log", "--timeout-graceful-shutdown", "3")  # open streams would hold the stop for ever


@dataclass(frozen=True)
class Ports:
    """Where each program answers."""

    web: int
    live: int
    doctolib: int
    maiia: int
    further: Mapping[str, int] = field(default_factory=dict)

    @property
    def simulators(self) -> dict[str, int]:
        """Every platform that is played, with its port."""
        return {"doctolib": self.doctolib, "maiia": self.maiia, **self.further}


def choose_ports(environment: Mapping[str, str]) -> Ports:
    """The usual ports (or those of MEDIDESK_PORT, MEDIDESK_LIVE_PORT…), a free one instead of each that is busy. Raises ServiceError."""
    chosen: dict[str, int] = {}
    for name, usual in USUAL_PORTS.items():
        preferred = int(environment.get(PORT_VARIABLES[name]) or usual)
        chosen[name] = free_port(max(preferred, 0), taken=chosen.values())
    further: dict[str, int] = {}
    for name in further_simulators(environment):
        further[name] = free_port(FURTHER_PORTS[name], taken=[*chosen.values(), *further.values()])
    return Ports(**chosen, further=further)


def further_simulators(environment: Mapping[str, str]) -> list[str]:
    """Those that MEDIDESK_SIMULATORS names. Raises ServiceError for one that there is not."""
    named = [name.strip() for name in environment.get("MEDIDESK_SIMULATORS", "").split(",") if name.strip()]
    unknown = [name for name in named if name not in FURTHER_PORTS]
    if unknown:
        raise ServiceError(f"MEDIDESK_SIMULATORS : {', '.join(unknown)} n'existe pas ; possibles : {', '.join(FURTHER_PORTS)}.")
    return list(dict.fromkeys(named))


def addresses(ports: Ports) -> dict[str, str]:
    """The addresses as people and tests use them."""
    return {
        "web": f"http://localhost:{ports.web}",
        "live": f"http://localhost:{ports.live}",
        **{name: f"http://localhost:{port}" for name, port in ports.simulators.items()},
    }


def environment(var: Path, ports: Ports, stores: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """What every process of the demonstration is told, over what this one was told."""
    base = {name: value for name, value in given.items() if name not in ("PYTHONHOME", "DJANGO_SETTINGS_MODULE")}
    told = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "medidesk.settings",
        "MEDIDESK_VAR": str(var),
        "MEDIDESK_LOG_LEVEL": "DEBUG"
        if given.get("MEDIDESK_LOG_LEVEL") == "DEBUG"
        else "INFO",  # worker and beat say there that they are ready
        "MEDIDESK_PORT": str(ports.web),
        "MEDIDESK_EVENTS_URL": f"http://{{host}}:{ports.live}",
        **{f"MEDIDESK_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.simulators.items()},
        **stores,
    }
    usual = {"MEDIDESK_DEMO": "on", "MEDIDESK_ALLOW_PRIVATE_TARGETS": "on"}
    if given.get("MEDIDESK_FAKE_NOW"):  # one anchor for all: a process started again goes on where the others are
        usual["MEDIDESK_FAKE_NOW_AT"] = str(time.time())
    if not (given.get("MEDIDESK_SECRET_KEY") or given.get("MEDIDESK_SECRET_KEY_FILE")):
        usual["MEDIDESK_SECRET_KEY_FILE"] = str(secret_key_file(var))
    return {**usual, **base, **told}


def secret_key_file(var: Path) -> Path:
    """This folder's own secret key, made once."""
    path = var / "secret-key"
    if not path.exists():
        partial = path.with_suffix(".partial")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        partial.replace(path)
    return path


def simulators(var: Path, ports: Ports) -> list[Program]:
    """The platforms, played: started before the seed, which books with the first two."""
    found = []
    for name, port in ports.simulators.items():
        store = var / "simulators" / f"{name}.sqlite3"
        argv = (sys.executable, "-m", "integrations.simulators", name, "--port", str(port), "--store", str(store))
        found.append(Program(name, argv, _http(port), stop_seconds=5))
    return found


def processes(var: Path, ports: Ports) -> list[Program]:
    """Web, live, worker, beat."""
    python = (sys.executable, "-m")
    bind = os.environ.get("MEDIDESK_BIND", "127.0.0.1")
    web = (*python, "granian", "--interface", "wsgi", "--host", bind, "--port", str(ports.web), *WEB_OPTIONS, "medidesk.wsgi:application")
    live = (*python, "uvicorn", "medidesk.live.app:application", "--host", bind, "--port", str(ports.live), *LIVE_OPTIONS)
    celery = (*python, "celery", "-A", "medidesk.celery")
    worker = (*celery, "worker", *worker_pool(), "--loglevel", "INFO", "--hostname", f"medidesk-{ports.web}@%h")
    beat = (*celery, "beat", "--schedule", str(var / "beat-schedule"), "--pidfile", "", "--loglevel", "INFO")
    return [
        Program("web", web, _http(ports.web, path="/healthz", ours=_is_health), stop_seconds=8),
        Program("live", live, _http(ports.live), stop_seconds=6),
        Program("worker", worker, says=" ready."),
        Program("beat", beat, says="beat: Starting"),
    ]


def worker_pool() -> tuple[str, ...]:
    """Two processes; threads where the system gives no semaphores (no writable /dev/shm, as in a bare chroot)."""
    try:
        multiprocessing.Semaphore()
    except OSError:
        return ("--pool", "threads", "--concurrency", "4")
    return ("--pool", "prefork", "--concurrency", "2")


def _http(port: int, *, path: str = "/", ours: Callable[[bytes], bool] | None = None) -> Callable[[], bool]:
    def answers() -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", path, headers={"Host": f"localhost:{port}"})
                answer = connection.getresponse()
                body = answer.read(10_000)
            except (OSError, http.client.HTTPException):
                return False
        return ours(body) if ours else answer.status < 500

    return answers


def _is_health(body: bytes) -> bool:
    """Whether the body is that of our own /healthz: another program on the port would answer something else."""
    try:
        return json.loads(body).get("database") == "ok"
    except (ValueError, AttributeError):
        return False
