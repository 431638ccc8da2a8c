"""What the sessions of Postgres take of memory for themselves."""

from pathlib import Path

from bench.stage import Stage

_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def private_megabytes(rollup: str) -> float:
    """The private part (clean and dirty) of a process's memory, from its /proc/PID/smaps_rollup."""
    fields = (line.split() for line in rollup.splitlines())
    return sum(int(words[1]) for words in fields if words and words[0] in ("Private_Clean:", "Private_Dirty:")) / 1024


def backends(stage: Stage) -> list[float]:
    """The private megabytes of each session of the servers, the largest first. Sessions that end meanwhile are left out."""
    found = []
    for (pid,) in stage.sql(_SESSIONS):
        try:
            found.append(private_megabytes(Path(f"/proc/{pid}/smaps_rollup").read_text()))
        except OSError:
            continue
    return sorted(found, reverse=True)
