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
    """Versions decide; where one is missing, the instants of the events; without either, or in the same second, nobody can tell."""
    if known_version is not None and version is not None:
        if version == known_version:
            return Turn.SAME
        return Turn.NEWER if version > known_version else Turn.OLDER
    if known_at is not None and at is not None and known_at != at:
        return Turn.NEWER if at > known_at else Turn.OLDER
    return Turn.UNKNOWN
