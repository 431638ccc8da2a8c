"""The embedded Valkey: a free port of the loopback, a random password, an append-only file.

Its state (pid, port, password) lies in one file of mode 0600: it is found again by it, never by its command line,
which it rewrites.
"""

import json
import os
import secrets
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from medidesk.services.binaries import find_valkey
from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.ports import free_port, is_free
from medidesk.services.processes import born, command_name, is_running, spawn, wait_gone

START_SECONDS = 30


@dataclass(frozen=True)
class ValkeyState:
    """What the next start needs to find this server again."""

    pid: int
    born: str
    port: int
    password: str


class EmbeddedValkey:
    """One server over the folder `data`. `durable=False` (tests) keeps everything in memory."""

    def __init__(self, data: Path, log: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self.log = log
        self.durable = durable
        self.program = find_valkey()
        self.state_file = self.data / "server.json"
        self.state: ValkeyState | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The REDIS_URL of this server; raises ServiceError before it has started once."""
        if self.state is None:
            raise ServiceError("Valkey n'a pas encore démarré.")
        return f"redis://:{self.state.password}@127.0.0.1:{self.state.port}/0"

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it does not run."""
        if self.process is not None:
            return self.process.pid if self.process.poll() is None else None
        return self.state.pid if self.state and is_running(self.state.pid) else None

    def start(self) -> None:
        """Take over the server that a killed supervisor left, or start one; the port and the password stay if they can."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        previous = self.state or self._read_state()
        if previous and self._is_ours(previous):
            if self._answers(previous):
                self.state = previous
                return
            self.process = None
            self._end(previous.pid)
        for _ in range(5):  # the free port may be taken by somebody else meanwhile
            port = previous.port if previous and is_free(previous.port) else free_port()
            if self._launch(port, previous.password if previous else secrets.token_urlsafe(24)):
                return
            previous = None
        raise ServiceError(f"Valkey ne démarre pas ({last_line(self.log)}) ; voyez {self.log}")

    def stop(self) -> None:
        """Stop cleanly (SIGTERM writes the append-only file), by force after 10 s."""
        if self.pid is not None:
            self._end(self.pid)
        self.process = None
        self.state_file.unlink(missing_ok=True)

    def stop_orphan(self) -> None:
        """Stop a server that a killed supervisor left running, if there is one."""
        found = self._read_state()
        if found and self._is_ours(found):
            self._end(found.pid)

    def _launch(self, port: int, password: str) -> bool:
        configuration = self.data / "valkey.conf"
        _write_private(configuration, "\n".join(self._configuration(port, password)) + "\n")
        self.process = spawn([self.program, configuration], env=dict(os.environ), log=self.log)
        self.state = ValkeyState(self.process.pid, born(self.process.pid), port, password)
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers(self.state):
                _write_private(self.state_file, json.dumps(asdict(self.state)))
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def _configuration(self, port: int, password: str) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            f'dir "{self.data}"',
            "maxmemory-policy noeviction",  # evicting would drop tasks
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "daemonize no",
        ]

    def _read_state(self) -> ValkeyState | None:
        try:
            return ValkeyState(**json.loads(self.state_file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    @staticmethod
    def _is_ours(state: ValkeyState) -> bool:
        return is_running(state.pid) and born(state.pid) == state.born and "server" in command_name(state.pid)

    @staticmethod
    def _answers(state: ValkeyState) -> bool:
        once = Retry(NoBackoff(), 0)
        client = redis.Redis("127.0.0.1", state.port, password=state.password, socket_timeout=2, socket_connect_timeout=2, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _end(self, pid: int) -> None:
        for number, seconds in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
            if not is_running(pid):
                return
            os.kill(pid, number)
            if wait_gone(pid, seconds, self.process):
                return


def _write_private(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)
