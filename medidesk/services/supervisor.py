"""One supervisor over everything: starts in order, restarts what dies, stops all."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType

from medidesk.services import platform
from medidesk.services.preparation import Preparation
from medidesk.services.progress import say, step
from medidesk.services.register import Register
from medidesk.services.stores import Stores
from medidesk.services.supervised import Program, Supervised

ANSWER_SECONDS = 90.0
RESTARTS_A_MINUTE = 5
LONGEST_LOG = 10_000_000  # bytes


class Supervisor:
    """All processes over one data folder. Use it from one thread: the children are tied to it."""

    def __init__(self, var: Path, register: Register, environment: Mapping[str, str] = os.environ) -> None:
        self.var = var
        self.logs = var / "log"
        self.given = environment
        self.register = register
        self.restarts = int(environment.get("MEDIDESK_RESTARTS") or RESTARTS_A_MINUTE)
        self.seeds = environment.get("MEDIDESK_SEED", "on") != "off"
        self.children: list[Supervised] = []
        self.stopping = 0
        self.starting = False
        self.stores = Stores(
            var,
            self.logs,
            database_url=environment.get("DATABASE_URL", ""),
            redis_url=environment.get("REDIS_URL", ""),
            durable=environment.get("MEDIDESK_FSYNC", "on") != "off",
        )
        self.ports = platform.Ports(0, 0, 0, 0)

    def start(self) -> None:
        """Everything up and answering. Raises ServiceError, or KeyboardInterrupt when told to stop meanwhile."""
        self.starting = True
        shorten(self.logs)
        leftovers = self.register.end_leftovers()
        if leftovers:
            say(f"Restes d'un arrêt brutal terminés : {', '.join(leftovers)}.")
        with step("PostgreSQL et Valkey"):
            self.stores.start()
        self.ports = platform.choose_ports(self.given)
        env = platform.environment(self.var, self.ports, self.stores.environment, self.given)
        marks = self.stores.postgres.data if self.stores.postgres else None
        preparation = Preparation(env, marks, self.logs)
        preparation.migrate()
        preparation.collect_static()
        self._launch("Simulateurs Doctolib et Maiia", platform.simulators(self.var, self.ports), env)
        if self.seeds:
            preparation.seed(env.get("MEDIDESK_FAKE_NOW") or date.today().isoformat())
        self._launch("Pages, direct, tâches", platform.processes(self.var, self.ports), env)
        self.register.write("environment", {name: env[name] for name in env if self.given.get(name) != env[name] or "MEDIDESK" in name})
        self.register.write("addresses", platform.addresses(self.ports))
        self.starting = False

    def _launch(self, label: str, programs: list[Program], env: Mapping[str, str]) -> None:
        with step(label):
            launched = [Supervised(program, env=env, logs=self.logs, register=self.register) for program in programs]
            for child in launched:
                self.children.append(child)
                child.start()
            for child in launched:
                child.wait_until_it_answers(ANSWER_SECONDS)

    def watch(self) -> None:
        """Until told to stop, restart what dies. Raises ServiceError when something dies again and again."""
        while not self.stopping:
            for child in self.children:
                if line := child.look(time.monotonic(), self.restarts):
                    say(line)
            for name, server in (("PostgreSQL", self.stores.postgres), ("Valkey", self.stores.valkey)):
                if server and server.pid is None and not self.stopping:
                    say(f"{name} s'est arrêté, il repart.")
                    server.start()
            time.sleep(0.2)

    def stop(self) -> None:
        """Everything down, the stores last; a second Ctrl-C does not wait."""
        self.starting = False
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait_stopped(at_once=self.stopping > 1)
        self.stores.stop()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Turn Ctrl-C, SIGTERM and a closed terminal into a clean stop while the block runs."""
        caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping += 1
        if self.starting:
            raise KeyboardInterrupt


def shorten(logs: Path) -> None:
    """Set long logs aside, one generation kept."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
