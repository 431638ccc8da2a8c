"""Looking under the locks by the set-up that stands there, whoever changed it since it was first read.

A booking first reads the set-up, then waits for whoever is writing on the same practitioner. An absence that was entered meanwhile counts.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from agenda.free_times.schedule import Schedule, current_schedule

Seen = TypeVar("Seen")
TRIES = 3
# Whoever changes the set-up then waits for this transaction to end.
_HOLD_STILL = "SELECT number FROM agenda_setuprevision FOR SHARE"


def by_present_setup(look: Callable[[Schedule], tuple[int, Seen]], schedule: Schedule | None = None) -> tuple[Schedule, Seen]:
    """What `look` sees, and the schedule by which it looked (`schedule` at first).

    `look` locks what that schedule names, and answers the revision of the set-up that it then read, beside what it saw. It looks again when
    somebody has changed the set-up; in the end they wait for us.
    """
    schedule = schedule or current_schedule()
    for left in range(TRIES, 0, -1):
        revision, seen = look(schedule)
        if revision == schedule.revision:
            return schedule, seen
        schedule = current_schedule(revision if left > 1 else _hold_still())
    return schedule, look(schedule)[1]


def _hold_still() -> int:
    """The revision of the set-up, which stays until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_STILL)
        return cursor.fetchone()[0]
