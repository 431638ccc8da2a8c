"""Which of two pieces of news about one visit is the newer: plain values, no database."""

from datetime import datetime
from enum import StrEnum


class Turn(StrEnum):
    """How what came stands to what is known."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    UNKNOWN = "unknown"


def turn(known_version: int | None, known_at: datetime | None, version: int | None, at: datetime | None) -> Turn:
    """Versions decide; the instants of the events where a version is missing; without either nobody can tell."""
    if known_version is not None and version is not None:
        return _turn(version - known_version)
    if known_at is not None and at is not None:
        return _turn((at - known_at).total_seconds())
    return Turn.UNKNOWN


def _turn(difference: float) -> Turn:
    if difference == 0:
        return Turn.SAME
    return Turn.NEWER if difference > 0 else Turn.OLDER
