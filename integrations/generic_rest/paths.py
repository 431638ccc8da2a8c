"""Where a value lies in JSON: the names on the way to it, separated by points; an empty path is the whole."""

import re
from collections.abc import Mapping
from typing import Any

PATH = re.compile(r"[^.\s]+(\.[^.\s]+)*")


def find(values: Any, path: str) -> Any:
    """The value at a path, `None` where the way ends early."""
    for name in path.split(".") if path else ():
        if not isinstance(values, Mapping):
            return None
        values = values.get(name)
    return values
