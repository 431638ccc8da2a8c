"""Time given back, whoever gave it: visits cancelled or moved, holds that end, absences deleted or shortened, new or longer hours.

All of them are told by one signal, `time_freed`, inside the transaction of the act; who wants such times listens to it alone.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.models import FreedTime, WaitingListEntry
from agenda.models.waiting_list import STANDING
from agenda.signals import time_freed

Origin = FreedTime.Origin
_kept: ContextVar["dict[tuple[str, bool, datetime], list[Span]] | None"] = ContextVar("freed_times_kept", default=None)


@dataclass(frozen=True, slots=True)
class Span:
    """Whose time it is, from when to when."""

    practitioner_id: UUID
    start: datetime
    end: datetime

    @classmethod
    def of(cls, freed: FreedTime) -> "Span":
        """The time of a round."""
        return cls(freed.practitioner_id, freed.start, freed.end)


@contextmanager
def freed_told_once() -> Iterator[None]:
    """What the acts inside give back is told once, when the block ends well, in the same transaction."""
    token = _kept.set({})
    try:
        yield
        kept = _kept.get() or {}
    finally:
        _kept.reset(token)
    for (origin, by_staff, now), spans in kept.items():
        tell_freed(spans, origin=origin, by_staff=by_staff, now=now)


def tell_freed(spans: Iterable[Span], *, origin: str, by_staff: bool, now: datetime) -> None:
    """Tell of those of these times that are not over, soonest first; nothing without any. `by_staff`: a gesture that may be taken back."""
    kept = _kept.get()
    if kept is not None:
        kept.setdefault((origin, by_staff, now), []).extend(spans)
        return
    coming = sorted((one for one in spans if one.end > now), key=lambda one: (one.start, str(one.practitioner_id)))
    if coming:
        time_freed.send(sender=FreedTime, spans=coming, origin=origin, by_staff=by_staff, now=now)


def reasons_waited_for() -> frozenset[UUID]:
    """The reasons for which somebody waits; one query."""
    rows = WaitingListEntry.objects.filter(state__in=STANDING, deleted_at=None)
    return frozenset(rows.values_list("visit_reason_id", flat=True).distinct())
