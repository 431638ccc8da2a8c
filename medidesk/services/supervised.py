"""One child of the supervisor: started, watched, started again when it dies, ended with its whole group."""

import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.processes import signal_group, spawn, wait_gone
from medidesk.services.register import Register
from medidesk.services.root import ROOT

RESTART_WINDOW = 60.0  # seconds over which restarts are counted
LONGEST_PAUSE = 5.0  # seconds before a restart, at most


@dataclass(frozen=True)
class Program:
    """What to run: its name on screen and in files, its command, and how to tell that it is ready: it answers, it says so in its log."""

    name: str
    argv: tuple[str, ...]
    answers: Callable[[], bool] = field(default=lambda: True)
    says: str = ""
    stop_seconds: float = 15.0


class Supervised:
    """A running `Program`."""

    def __init__(self, program: Program, *, env: Mapping[str, str], logs: Path, register: Register) -> None:
        self.program = program
        self.env = env
        self.log = logs / f"{program.name}.log"
        self.register = register
        self.process: subprocess.Popen[bytes] | None = None
        self.log_began = 0
        self.deaths: deque[float] = deque()
        self.resume_at: float | None = None

    def start(self) -> None:
        """Start it in its own session, its pid noted."""
        self.resume_at = None
        self.log_began = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(self.program.argv, env=self.env, log=self.log, cwd=ROOT)
        self.register.note(self.program.name, self.process.pid)

    def wait_until_it_answers(self, seconds: float) -> None:
        """Raises ServiceError when it ends or stays silent for `seconds`."""
        deadline = time.monotonic() + seconds
        while not (self._has_said_so() and self.program.answers()):
            if self.process is None or self.process.poll() is not None:
                raise ServiceError(f"{self.program.name} s'est arrêté au démarrage ({last_line(self.log)}) ; voyez {self.log}")
            if time.monotonic() > deadline:
                raise ServiceError(f"{self.program.name} ne répond pas après {seconds:.0f} s ; voyez {self.log}")
            time.sleep(0.05)

    def _has_said_so(self) -> bool:
        if not self.program.says:
            return True
        with open(self.log, "rb") as file:
            file.seek(self.log_began)
            return self.program.says.encode() in file.read()

    def look(self, now: float, limit: int) -> str | None:
        """Restart it if it has died; a line to print when something happened.

        `now` is monotonic, in seconds. Raises ServiceError after more than `limit` deaths within a minute.
        """
        if self.resume_at is not None:
            if now >= self.resume_at:
                self.start()
            return None
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        signal_group(self.process.pid, signal.SIGKILL)  # its own children would hold its port or its tasks
        self.register.forget(self.program.name)
        pause = self._count_death(now, limit, code)
        self.resume_at = now + pause
        return f"{self.program.name} s'est arrêté ({told(code)}), il repart."

    def _count_death(self, now: float, limit: int, code: int) -> float:
        self.deaths.append(now)
        while self.deaths and self.deaths[0] < now - RESTART_WINDOW:
            self.deaths.popleft()
        if len(self.deaths) > limit:
            why = f"{told(code)} : {last_line(self.log)}"
            raise ServiceError(f"{self.program.name} s'est arrêté {len(self.deaths)} fois en une minute ({why}) ; voyez {self.log}")
        return min(0.1 * 2 ** (len(self.deaths) - 1), LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        self.resume_at = None
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait_stopped(self, *, at_once: bool = False) -> None:
        """Wait for its end, then end what is left of its group."""
        if self.process is None:
            return
        if not at_once:
            wait_gone(self.process.pid, self.program.stop_seconds, self.process)
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.register.forget(self.program.name)
        self.process = None


def told(code: int) -> str:
    """An exit code in words."""
    return f"signal {-code}" if code < 0 else f"code {code}"
