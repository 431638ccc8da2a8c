"""What a supervisor leaves in `var/run`, so that the next one, and commands, find what runs.

`supervisor.lock` is held while it lives (the system releases it on kill -9); `addresses.json` and `environment.json`
say where things answer; `NAME.pid` says which process each child is.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from medidesk.services.processes import born, group_lives, is_running, signal_group


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder."""


class Register:
    """The register of one data folder."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "run"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only supervisor of this data folder. Raises AlreadyRunning."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "supervisor.lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyRunning from error
            self.clear()  # what a killed one said no longer holds
            try:
                yield
            finally:
                self.clear()

    def clear(self) -> None:
        """Nothing answers any more."""
        for name in ("addresses.json", "environment.json"):
            (self.folder / name).unlink(missing_ok=True)

    def is_held(self) -> bool:
        """Whether a supervisor lives."""
        try:
            with open(self.folder / "supervisor.lock") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def write(self, name: str, content: Mapping[str, object]) -> None:
        """Keep `content` under `name`, readable by our own account only."""
        partial = self.folder / f"{name}.partial"
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
        partial.replace(self.folder / f"{name}.json")

    def read(self, name: str) -> dict[str, str]:
        """What was written under `name`, empty if nothing was."""
        try:
            return dict(json.loads((self.folder / f"{name}.json").read_text()))
        except (OSError, ValueError):
            return {}

    def note(self, name: str, pid: int) -> None:
        """Remember which process the child `name` is, and when that process was born."""
        partial = self.folder / f"{name}.pid.partial"
        partial.write_text(f"{pid} {born(pid)}")
        partial.replace(self.folder / f"{name}.pid")

    def pid(self, name: str) -> int:
        """The process noted for `name`, 0 if there is none or it has ended."""
        pid, mark = self._noted(self.folder / f"{name}.pid")
        return pid if pid and is_running(pid) and born(pid) == mark else 0

    def forget(self, name: str) -> None:
        """The child `name` has ended, and all of its group."""
        (self.folder / f"{name}.pid").unlink(missing_ok=True)

    def end_leftovers(self) -> list[str]:
        """End what a killed supervisor left running, whole process groups; the names of those that had to be."""
        found = []
        for path in sorted(self.folder.glob("*.pid")):
            pid, mark = self._noted(path)
            if pid and _end_group(pid, mark):
                found.append(path.stem)
            path.unlink(missing_ok=True)
        return found

    @staticmethod
    def _noted(path: Path) -> tuple[int, str]:
        try:
            pid, _, mark = path.read_text().partition(" ")
            return int(pid), mark
        except (OSError, ValueError):
            return 0, ""


def _end_group(pid: int, mark: str) -> bool:
    """End the group that `pid` led; False if it was gone, or if the number is another process's by now."""
    if is_running(pid) and born(pid) != mark:
        return False
    found = False
    for number, seconds in ((signal.SIGTERM, 8.0), (signal.SIGKILL, 3.0)):
        deadline = time.monotonic() + seconds
        while group_lives(pid):
            if not found or number == signal.SIGKILL:
                signal_group(pid, number)
            found = True
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
    return found
