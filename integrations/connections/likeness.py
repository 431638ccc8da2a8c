"""How like two names are, for proposing who is who; a person decides."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

LEAST_SCORE = 60
NAME_SHARE = 0.8  # of the score, where both say how long a visit lasts
_TITLES = {"dr", "docteur", "mme", "m", "mr", "pr", "professeur"}


@dataclass(frozen=True, slots=True)
class Named:
    """Something of ours or of theirs: its name, and minutes where they are known."""

    id: str
    name: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which of ours it may be, and how surely, in percent."""

    ours: UUID
    score: int


def score(ours: Named, theirs: Named) -> int:
    """0 to 100: the same words in any order, case and accents aside; for what lasts, also how long."""
    first, second = _words(ours.name), _words(theirs.name)
    if not first or not second:
        return 0
    common = len(first & second) / len(first | second)
    spelling = SequenceMatcher(None, " ".join(sorted(first)), " ".join(sorted(second))).ratio()
    names = max(common, spelling)
    if not ours.minutes or not theirs.minutes:
        return round(100 * names)
    lasting = min(ours.minutes, theirs.minutes) / max(ours.minutes, theirs.minutes)
    return round(100 * (NAME_SHARE * names + (1 - NAME_SHARE) * lasting))


def propose(ours: Sequence[Named], theirs: Sequence[Named], *, once: bool) -> dict[str, Proposal]:
    """For each of theirs the likeliest of ours, if any is likely; `once`: each of ours for one of theirs only, the surest first."""
    scored = sorted(((score(one, other), other.id, one.id) for one in ours for other in theirs), reverse=True)
    found: dict[str, Proposal] = {}
    taken: set[str] = set()
    for points, there, here in scored:
        if points < LEAST_SCORE or there in found or (once and here in taken):
            continue
        found[there] = Proposal(UUID(here), points)
        taken.add(here)
    return found


def _words(name: str) -> set[str]:
    plain = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))
    return {word for word in "".join(each if each.isalnum() else " " for each in plain).split() if word not in _TITLES}
