"""Taking and freeing time: the only writer of the occupancy table.

Callers hold the resources' locks (`lock_until_commit`) before they look, so the exclusion constraint hardly ever has to speak.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import instant_of
from agenda.errors import SlotTaken
from agenda.free_times.busy import Look, as_uuid, read_busy, read_busy_locked, read_versions
from agenda.free_times.elsewhere import people_among, spans_elsewhere
from agenda.models import Hold, Lane
from agenda.models.occupancy import LONGEST_OCCUPANCY_MINUTES, Occupancy
from agenda.sharing import free_everywhere, lock_before_looking, take_everywhere
from agenda.signals import hold_changed
from medidesk.db.constraints import constraint_raises
from medidesk.db.locks import lock_until_commit
from medidesk.db.prepared import Statement, run, run_later

# Stands for "no visit" where SQL wants an id to compare with.
NOBODY = UUID(int=0)


_COLUMNS = "resource, span, lane, start_minute, end_minute, visit_minute, visit_reason, appointment_id, hold_id, expires_at"
_ROW = "(%s, tstzrange(%s, %s, '[)'), %s, %s, %s, %s, %s, %s, %s, %s)"
# The versions follow in the same statement, after the rows: who loses against the constraint has touched no version.
_TAKE = f"""
    WITH taken AS (INSERT INTO agenda_occupancy ({_COLUMNS}) VALUES %s RETURNING resource)
    INSERT INTO agenda_occupancyversion (resource, number) SELECT resource, nextval('agenda_change_number') FROM taken
    ON CONFLICT (resource) DO UPDATE SET number = excluded.number
    RETURNING (SELECT number FROM agenda_setuprevision)
"""
# For a visit that is written in the same turn and takes nobody but its practitioner: its own trigger bumps that version.
_TAKE_ALONE = f"INSERT INTO agenda_occupancy ({_COLUMNS}) VALUES %s RETURNING (SELECT number FROM agenda_setuprevision)"
_NEVER_DOUBLE = "occupancy_never_double"
# A change of rows that are there, and the versions of their resources (sorted: no deadlock), in one statement.
_CHANGE = """
    WITH changed AS ({change} RETURNING resource, start_minute, end_minute, lane), bumped AS (
        INSERT INTO agenda_occupancyversion (resource, number)
        SELECT resource, nextval('agenda_change_number') FROM (SELECT DISTINCT resource FROM changed ORDER BY resource) each
        ON CONFLICT (resource) DO UPDATE SET number = excluded.number)
    SELECT resource, start_minute, end_minute, lane, (SELECT number FROM agenda_setuprevision) FROM changed
"""


@dataclass(frozen=True, slots=True)
class Taking:
    """Resources taken together: minutes with buffers inside, the minute at which the visit itself starts, why, in which lane."""

    resources: tuple[UUID, ...]
    span: Range
    visit_minute: int
    visit_reason: UUID | None
    lane: str = Lane.NORMAL


def take(
    taking: Taking,
    *,
    appointment_id: UUID | None = None,
    hold_id: UUID | None = None,
    expires_at: datetime | None = None,
    after: Sequence[Statement] = (),
    revision: int | None = None,
) -> None:
    """Write the occupancy of one visit or hold and make every kept busy set stale, in one turn with what is to be written before it (a
    visit's own row, if anything).

    With the `revision` of the set-up under which the resources were locked and seen free, all that goes with whatever the act asks next.
    Raises SlotTaken when a constraint refuses, then or here.
    """
    values = _values(taking, appointment_id, hold_id, expires_at)
    alone = appointment_id is not None and bool(after) and len(taking.resources) == 1
    statements = [*after, ((_TAKE_ALONE if alone else _TAKE) % ", ".join([_ROW] * len(taking.resources)), values)]
    if revision is not None:
        run_later(*statements, broken={_NEVER_DOUBLE: SlotTaken})
    else:
        with constraint_raises(_NEVER_DOUBLE, SlotTaken()):
            [(revision,), *_] = run(*statements)
    take_everywhere(taking.resources, taking.span, taking.lane, appointment_id or hold_id, revision=revision, expires_at=expires_at)


def _values(taking: Taking, appointment_id: UUID | None, hold_id: UUID | None, expires_at: datetime | None) -> list[Any]:
    """The values of the rows of a taking, resources in their order: no deadlock."""
    low, high = taking.span
    shared = (
        instant_of(low), instant_of(high), taking.lane, low, high, taking.visit_minute,
        taking.visit_reason and str(taking.visit_reason), appointment_id and str(appointment_id), hold_id and str(hold_id), expires_at,
    )  # fmt: skip
    return [value for resource in sorted(taking.resources) for value in (str(resource), *shared)]


def free(*, appointment_id: UUID | None = None, hold_id: UUID | None = None) -> list[tuple[UUID, Range]]:
    """Give back what a visit or hold takes; answers the resources and their ranges."""
    column, value = ("appointment_id", appointment_id) if appointment_id else ("hold_id", hold_id)
    rows = run((_CHANGE.format(change=f"DELETE FROM agenda_occupancy WHERE {column} = %s"), [str(value)]))
    freed = [(as_uuid(resource), (low, high)) for resource, low, high, _lane, _revision in rows]
    if rows:
        free_everywhere([resource for resource, _ in freed], value, revision=rows[0][4])
    return freed


def hand_over(hold_id: UUID, appointment_id: UUID, *, after: Sequence[Statement] = ()) -> None:
    """What the hold took is now the visit's; in one turn with what is to be written before it.

    Raises SlotTaken when another cabinet of the same person was faster.
    """
    change = "UPDATE agenda_occupancy SET appointment_id = %s, hold_id = NULL, expires_at = NULL WHERE hold_id = %s"
    for one, low, high, lane, revision in run(*after, (_CHANGE.format(change=change), [str(appointment_id), str(hold_id)])):
        free_everywhere([as_uuid(one)], hold_id, revision=revision)
        take_everywhere([as_uuid(one)], (low, high), lane, appointment_id, revision=revision)


def resources_of(*, appointment_id: UUID | None = None, hold_id: UUID | None = None) -> list[UUID]:
    """The resources that a visit or hold takes now."""
    rows = Occupancy.objects.filter(appointment_id=appointment_id) if appointment_id else Occupancy.objects.filter(hold_id=hold_id)
    return list(rows.order_by("id").values_list("resource", flat=True))


def lock_and_look(resources: Iterable[UUID], window: Range, now: datetime, beside: Statement | None = None) -> Look:
    """Lock the resources until the transaction ends, end the holds on them that have expired, and see what takes them, the present
    revision of the set-up, and the row that a question asked `beside` answers (None for no row).

    One turn to Postgres, but for those who share their time with another cabinet and when a hold has expired.
    """
    those = list(resources)
    if people_among(those):
        lock_until_commit(those)
    elif (look := read_busy_locked(those, window, now, beside)) is not None:
        return look
    clear_expired_holds(those, window, now)
    answer = run(beside) if beside else []
    return Look(read_versions([])[0], read_busy(those, window, now), answer[0] if answer else None)


def clear_expired_holds(resources: Iterable[UUID], window: Range, now: datetime) -> None:
    """Delete the holds that have expired on these resources in the window, in the caller's transaction; in the other cabinets of
    those who share their time too."""
    resources = list(resources)
    lock_before_looking(resources, window, now)
    ids = [str(one) for one in resources]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT hold_id FROM agenda_occupancy WHERE resource = ANY(%s::uuid[]) AND start_minute >= %s AND start_minute < %s"
            " AND end_minute > %s AND expires_at <= %s",
            [ids, window[0] - LONGEST_OCCUPANCY_MINUTES, window[1], window[0], now],
        )
        expired = [as_uuid(hold) for (hold,) in cursor.fetchall()]
    for hold_id in expired:
        end_hold(hold_id, Hold.State.EXPIRED)


def end_hold(hold_id: UUID, state: str, origin: str = "") -> bool:
    """Free what an active hold takes and remember what ended it; False when it had ended already."""
    if not Hold.objects.filter(pk=hold_id, state=Hold.State.ACTIVE).update(state=state):
        return False
    free(hold_id=hold_id)
    hold_changed.send(sender=Hold, hold=Hold.objects.get(pk=hold_id), act=state, origin=origin)
    return True


def overlapping(resources: Iterable[UUID], span: Range, now: datetime, *, ignore_appointment: UUID | None = None) -> bool:
    """Does anything else (any lane, any cabinet of the same person, expired holds apart) take one of the resources within the span?"""
    resources = list(resources)
    if spans_elsewhere(resources, span, now):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM agenda_occupancy WHERE resource = ANY(%s::uuid[]) AND start_minute >= %s AND start_minute < %s"
            " AND end_minute > %s AND (expires_at IS NULL OR expires_at > %s) AND (appointment_id IS NULL OR appointment_id <> %s) LIMIT 1",
            [
                [str(one) for one in resources], span[0] - LONGEST_OCCUPANCY_MINUTES, span[1], span[0], now,
                str(ignore_appointment or NOBODY),
            ],
        )  # fmt: skip
        return cursor.fetchone() is not None
