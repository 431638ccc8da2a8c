"""Why a process ended, in one line, from its log."""

import json
import re
from pathlib import Path

LONGEST = 240  # characters
NAMES_AN_ERROR = re.compile(r"[\w.]*(Error|Exception|FATAL|Configured)\b")


def last_line(log: Path) -> str:
    """The last line of a log that names an error, else the last with text, else nothing."""
    try:
        text = log.read_bytes()[-20_000:].decode(errors="replace")
    except OSError:
        return ""
    said = [_plain(line.strip()) for line in reversed(text.splitlines()) if line.strip()]
    found = next((line for line in said if NAMES_AN_ERROR.match(line)), said[0] if said else "")
    return found if len(found) <= LONGEST else found[: LONGEST - 1] + "…"


def _plain(line: str) -> str:
    """The last line of the traceback inside a line of our JSON log, else its event; any other line as it is."""
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    return str(entry.get("exception") or entry.get("event") or line).strip().splitlines()[-1]
