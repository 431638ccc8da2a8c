"""The embedded Postgres: made, started, picked up again after a crash, stopped.

Reached by a Unix socket in a folder of mode 0700 under /tmp (socket paths are short: 107 bytes on Linux, 103 on macOS),
so it takes no port and no other account of the machine reaches it. Root hands it to `postgres` or `nobody`,
because a Postgres refuses to run as root.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

import psycopg2

from medidesk.services import unprivileged
from medidesk.services.binaries import find_postgres
from medidesk.services.errors import ServiceError
from medidesk.services.last_words import last_line
from medidesk.services.processes import command_name, identity_of, is_running, spawn, wait_gone

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
ROLE = DATABASE = "medidesk"
START_SECONDS = 120  # the recovery after a crash may be long


class EmbeddedPostgres:
    """One cluster in `data`, one server over it.

    `durable=False` (tests) leaves out fsync: safe against kill -9, not against a power cut.
    """

    def __init__(self, data: Path, log: Path, *, durable: bool = True) -> None:
        self.asked_data = data.resolve()
        self.data = self.asked_data
        self.log = log
        self.durable = durable
        self.user = unprivileged.account()
        self.programs = find_postgres()
        self.folder = self.programs.folder
        self.sockets = Path("/tmp") / ("medidesk-" + sha256(str(self.asked_data).encode()).hexdigest()[:12])
        self.process: subprocess.Popen[bytes] | None = None
        self.adopted: int | None = None

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return f"postgres://{ROLE}@/{DATABASE}?host={self.sockets}"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, None when it does not run."""
        if self.process is not None:
            return self.process.pid if self.process.poll() is None else None
        return self.adopted if self.adopted and is_running(self.adopted) else None

    def start(self) -> None:
        """Make the cluster if needed, start the server or take over the one that runs, make the database.

        Raises ServiceError in one line when it cannot.
        """
        self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._refuse_other_version()
        if not self._adopt():
            self._launch()
        self._create_database()

    def stop(self) -> None:
        """Stop at once and cleanly (SIGINT is Postgres's fast stop), harder after 30 s."""
        pid = self.pid
        for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if pid is None or not is_running(pid):
                break
            os.kill(pid, number)
            if wait_gone(pid, seconds, self.process):
                break
        self.process = self.adopted = None

    def locate(self) -> None:
        """Find where the cluster really lies: asked for by root in a place closed to the plain account, it lies elsewhere."""
        if self.user:
            self.data = unprivileged.writable_folder(self.asked_data, self.user)

    def running_pid(self) -> int:
        """The process id of the server over this data folder, whoever started it; 0 if there is none."""
        self.locate()
        pid = _first_number(self.data / "postmaster.pid")
        return pid if pid and is_running(pid) and command_name(pid) == "postgres" else 0

    def stop_orphan(self) -> None:
        """Stop a server that a killed supervisor left running, if there is one."""
        self.adopted = self.running_pid() or None
        self.stop()

    def _prepare(self) -> None:
        self.locate()
        if self.user:
            self.folder = unprivileged.readable_programs(self.programs, self.user)
        self.data.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        unprivileged.private_folder(self.sockets, self.user)
        if self.user:
            unprivileged.give(self.data, self.user)

    def _refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.programs.major):
            raise ServiceError(
                f"les données de {self.data} viennent de PostgreSQL {made_by}, le serveur trouvé est le {self.programs.major} : "
                "`python3 run.py reset` repart à neuf, MEDIDESK_POSTGRES_BIN indique un autre serveur."
            )

    def _create_cluster(self) -> None:
        """initdb beside, then rename: a start cut short leaves no half-made cluster."""
        unprivileged.empty(self.data)
        fresh = self.data / "new"
        fresh.mkdir(mode=0o700)
        if self.user:
            unprivileged.give(fresh, self.user)
        arguments: list[str | Path] = ["-D", fresh, "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--no-sync", *self._locale()]
        done = self._run("initdb", *arguments)
        if done.returncode:
            raise ServiceError(f"initdb a échoué : {(done.stderr.strip().splitlines() or ['raison inconnue'])[-1]}")
        for item in fresh.iterdir():
            if item.name != "PG_VERSION":
                item.rename(self.data / item.name)
        (fresh / "PG_VERSION").rename(self.data / "PG_VERSION")  # last: its presence says that the cluster is whole
        fresh.rmdir()
        self.data.chmod(0o700)

    def _locale(self) -> list[str]:
        if self.programs.major >= 17:  # the same order and case rules on every machine, whatever its locales
            return ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]
        return ["--lc-collate=C", "--lc-ctype=" + ("en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8")]

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        argv = [str(self.folder / program), *(str(argument) for argument in arguments)]
        return subprocess.run(argv, env=self._environment(), cwd="/", capture_output=True, text=True, check=False, **identity_of(self.user))

    @staticmethod
    def _environment() -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C" if sys.platform == "darwin" else "C.UTF-8"}

    def _adopt(self) -> bool:
        """Take over a server that a killed supervisor left running over this data folder."""
        pid = self.running_pid()
        if not pid:
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # left by a crash; its number may be another program's by now
            return False
        deadline = time.monotonic() + START_SECONDS
        while is_running(pid) and time.monotonic() < deadline:
            if self._answers():
                self.adopted = pid
                return True
            time.sleep(0.05)
        return False

    def _launch(self) -> None:
        """Start the server; a killed one's last children may hold its memory for a moment, hence the retries."""
        for _ in range(20):
            self.process = spawn(self._server_command(), env=self._environment(), log=self.log, tether=signal.SIGINT, user=self.user)
            if self._wait_ready(self.process):
                return
            time.sleep(0.25)
        raise ServiceError(f"PostgreSQL ne démarre pas ({last_line(self.log)}) ; voyez {self.log}")

    def _server_command(self) -> Sequence[str | Path]:
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "max_connections=200",
            "shared_buffers=128MB",
            "timezone=UTC",
            "log_timezone=UTC",
            "max_locks_per_transaction=512",  # a cabinet's whole schema is made or dropped in one transaction
            "jit=off",
        ]
        if not self.durable:
            options += ["fsync=off", "full_page_writes=off"]
        return [self.folder / "postgres", "-D", self.data, *chain.from_iterable(("-c", option) for option in options)]

    def _wait_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None:
            if _first_number(self.data / "postmaster.pid") == process.pid and self._answers():
                return True
            if time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL ne répond pas après {START_SECONDS} s ; voyez {self.log}")
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        try:
            self._connect("template1").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(host=str(self.sockets), user=ROLE, dbname=database, connect_timeout=5)
        connection.autocommit = True
        return connection

    def _create_database(self) -> None:
        """Extensions in template1, so that every database made later has them; then our own database."""
        for database in ("template1", DATABASE):
            connection = self._connect(database)
            try:
                with connection.cursor() as cursor:
                    for extension in EXTENSIONS:
                        cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if cursor.fetchone() is None:
                        cursor.execute(f"CREATE DATABASE {DATABASE}")
            finally:
                connection.close()

    def remove(self) -> None:
        """Delete the cluster and its sockets. The server must be stopped."""
        for folder in {self.data, self.asked_data, self.sockets}:
            unprivileged.remove(folder)
        if self.data != self.asked_data:
            self.data.with_suffix(".origin").unlink(missing_ok=True)


def _first_number(pid_file: Path) -> int:
    try:
        found = re.match(r"\d+", pid_file.read_text())
    except OSError:
        return 0
    return int(found[0]) if found else 0
