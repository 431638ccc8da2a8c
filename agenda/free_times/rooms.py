"""Rooms and devices that a visit needs beside its practitioner."""

from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

from agenda.calendar.intervals import runs_of
from agenda.free_times.busy import Busy
from agenda.free_times.schedule import ReasonPlan, Schedule


def rooms_needed(schedule: Schedule, reason: ReasonPlan | None, site_ids: Iterable[UUID | None]) -> list[UUID]:
    """Every room or device that could serve the reason at one of the sites."""
    if reason is None:
        return []
    return [room for site in site_ids if site for kind in dict.fromkeys(reason.kinds) for room in schedule.rooms.get((site, kind), ())]


def free_window_starts(
    schedule: Schedule, reason: ReasonPlan, practitioner_id: UUID, site_id: UUID | None, busy: dict[UUID, Busy], length: int
) -> int:
    """Bit set of the minutes from which the practitioner, and enough rooms of each kind, are free for `length` minutes."""
    own = busy[practitioner_id]
    everything = (1 << own.length) - 1
    free = runs_of(everything & ~own.bits, length)
    for kind, wanted in Counter(reason.kinds).items():
        at_least = [everything] + [0] * wanted
        for room in schedule.rooms.get((site_id, kind), ()) if site_id else ():
            room_free = runs_of(everything & ~busy[room].bits, length)
            for n in range(wanted, 0, -1):
                at_least[n] |= at_least[n - 1] & room_free
        free &= at_least[wanted]
    return free


def choose_rooms(
    schedule: Schedule, reason: ReasonPlan | None, site_id: UUID | None, is_free: Callable[[UUID], bool], preferred: Iterable[UUID] = ()
) -> list[UUID] | None:
    """The first free rooms of each kind, the preferred ones first; None when there are not enough."""
    chosen: list[UUID] = []
    liked = set(preferred)
    for kind, wanted in Counter(reason.kinds if reason else ()).items():
        rooms = sorted(schedule.rooms.get((site_id, kind), ()), key=lambda room: room not in liked) if site_id else []
        free = [room for room in rooms if is_free(room)][:wanted]
        if len(free) < wanted:
            return None
        chosen += free
    return chosen
