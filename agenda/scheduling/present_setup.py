"""Looking under the locks by the set-up that stands there, whoever changed it since it was first read.

A booking first reads the set-up, then waits for whoever is writing on the same practitioner. An absence that was entered meanwhile counts.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from agenda.errors import UnknownReference
from agenda.free_times.busy import read_versions
from agenda.free_times.schedule import Schedule, current_schedule, kept_schedule

Seen = TypeVar("Seen")
TRIES = 3
# Whoever changes the set-up then waits for this transaction to end.
_HOLD_STILL = "SELECT number FROM agenda_setuprevision FOR SHARE"


def by_present_setup(look: Callable[[Schedule], tuple[int, Seen]]) -> tuple[Schedule, Seen]:
    """What `look` sees, and the schedule by which it looked.

    `look` locks what a schedule names, and answers the revision of the set-up that it then read, beside what it saw. It looks first by the
    schedule last used here, most often the present one, and again when that is no longer so; in the end those who change it wait for us.
    """
    kept = kept_schedule()
    schedule = current_schedule(kept.revision if kept else None)
    for left in range(TRIES, 0, -1):
        revision, seen = _looked(look, schedule)
        if seen is not None and revision == schedule.revision:
            return schedule, seen
        schedule = current_schedule(revision if left > 1 else _hold_still())
    return schedule, look(schedule)[1]


def _looked(look: Callable[[Schedule], tuple[int, Seen]], schedule: Schedule) -> tuple[int, Seen | None]:
    """As `look`; nothing seen when what is asked for is unknown to a schedule which is no longer the present one."""
    try:
        return look(schedule)
    except UnknownReference:
        if (revision := read_versions([])[0]) == schedule.revision:
            raise
        return revision, None


def _hold_still() -> int:
    """The revision of the set-up, which stays until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_STILL)
        return cursor.fetchone()[0]
