"""Starting, recognising and ending processes, on Linux and macOS."""

import ctypes
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path = Path("/"),
    tether: signal.Signals | None = signal.SIGTERM,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in its own session, its output appended to `log`.

    On Linux it receives `tether` when the thread that started it ends, even by kill -9; None leaves it untethered.
    `user` (root only) is the account it runs under.
    """
    identity: dict[str, Any] = identity_of(user)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads; the hook below only calls libc
        return subprocess.Popen(
            [str(part) for part in argv],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_tether_to(os.getpid(), tether) if tether else None,
            **identity,
        )


def identity_of(user: str | None) -> dict[str, Any]:
    """The arguments of Popen that make a child of root run as `user`."""
    if user is None:
        return {}
    import pwd

    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _tether_to(parent: int, tether: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl = _libc.prctl

    def hook() -> None:
        prctl(PR_SET_PDEATHSIG, int(tether))
        if os.getppid() != parent:
            os._exit(1)

    return hook


def is_running(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not (sys.platform == "linux" and _stat_fields(pid)[:1] == ["Z"])


def born(pid: int) -> str:
    """When the process started, as an opaque mark: the same pid with another mark is another process. Empty if gone."""
    if sys.platform == "linux":
        fields = _stat_fields(pid)
        return fields[19] if len(fields) > 19 else ""
    return _ps(pid, "lstart")


def command_name(pid: int) -> str:
    """The program's short name, empty if the process is gone."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            return ""
    return Path(_ps(pid, "comm")).name


def _stat_fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ps(pid: int, column: str) -> str:
    answer = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def wait_gone(pid: int, seconds: float, process: subprocess.Popen[bytes] | None = None) -> bool:
    """Wait until the process has ended; False if it still runs after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (process.poll() is not None) if process else not is_running(pid):
            return True
        time.sleep(0.02)
    return False


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the whole group that `pid` leads (or led: its orphans keep the group)."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def group_lives(pid: int) -> bool:
    """Whether a process is left, other than a zombie, in the group that `pid` leads or led."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    if sys.platform != "linux":
        return True
    everybody = (_stat_fields(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return any(fields[2] == str(pid) and fields[0] != "Z" for fields in everybody if len(fields) > 2)
