"""Keeping the shared table of taken time true to this cabinet's occupancy, in the same transaction.

`agenda.occupancy` calls these; for practitioners who do not share their time they do nothing, without a query.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from agenda.calendar.intervals import Range
from agenda.calendar.wall_time import epoch_minute
from agenda.errors import SlotTaken
from agenda.free_times.busy import as_uuid
from agenda.free_times.elsewhere import people_among
from agenda.free_times.schedule import current_schedule
from agenda.models import Lane, Occupancy, Practitioner
from medidesk.db.locks import lock_until_commit
from medidesk.shared_time import ranges
from medidesk.shared_time.awaiting import await_turn
from medidesk.shared_time.ranges import Claim


def lock_before_looking(resources: Collection[UUID], window: Range, now: datetime) -> None:
    """Wait for the other cabinets of those who share, and forget what these held too long."""
    people = people_among(resources)
    if people:
        ranges.lock_people(people.values())
        ranges.clear_expired(people.values(), window, now)


def take_everywhere(
    resources: Collection[UUID], span: Range, lane: str, reference: UUID | None, *, revision: int, expires_at: datetime | None = None
) -> None:
    """Say in the shared table that this is taken. A normal visit raises SlotTaken when another cabinet has the time; one that was
    insisted on or imported stands here, and is said only where nobody else has the time.

    `revision` is the set-up's, read under the resources' locks: sharing may have been switched on while the caller waited for them.
    """
    people = people_among(resources, revision)
    if not people or reference is None:
        return
    ranges.lock_people(people.values())
    claims = [Claim(person, reference, span, expires_at) for person in people.values()]
    if lane == Lane.NORMAL:
        ranges.claim(claims, SlotTaken())
    elif ranges.claim_what_is_free(claims) < len(claims) and lane == Lane.CONFLICT:
        await_turn([(claim.person, claim.reference, claim.span) for claim in claims])


def free_everywhere(resources: Collection[UUID], reference: UUID | None, *, revision: int) -> None:
    """Say that a visit or hold gives its time back."""
    if reference is not None and people_among(resources, revision):
        ranges.release([reference])


def take_in_peace(rows: Iterable[Occupancy], appointment_id: UUID) -> None:
    """Say that a visit which was in conflict is now a normal one. Raises SlotTaken when another cabinet has the time."""
    revision = current_schedule().revision
    for one in rows:
        free_everywhere([one.resource], appointment_id, revision=revision)
        take_everywhere([one.resource], (one.start_minute, one.end_minute), Lane.NORMAL, appointment_id, revision=revision)


def extend_everywhere(resources: Collection[UUID], reference: UUID, expires_at: datetime) -> None:
    """Say until when a time is now held."""
    if people_among(resources):
        ranges.extend(reference, expires_at)


def say_again(practitioner_ids: Iterable[UUID], now: datetime) -> int:
    """Make the shared rows of these practitioners what their visits and holds to come say; normal visits first.

    Answers how many overlap another cabinet's: these stay here alone, for a person to settle. Call it in a transaction.
    """
    ids = list(practitioner_ids)
    lock_until_commit(ids)
    people = {one: key for one, key in current_schedule().people.items() if one in ids}
    ranges.lock_people(people.values())
    rows = _taken_from(ids, now)
    ranges.release({row.reference for row in rows})
    for person in people.values():
        ranges.release_all(connection.schema_name, person)
    return sum(not _say(Claim(people[row.who], row.reference, row.span, row.expires_at), row.lane) for row in rows if row.who in people)


def _say(claim: Claim, lane: str) -> bool:
    """Say one range; False when another cabinet has it: a visit in conflict then waits for it."""
    if ranges.claim_what_is_free([claim]):
        return True
    if lane == Lane.CONFLICT:
        await_turn([(claim.person, claim.reference, claim.span)])
    return False


def restore_shared_time(now: datetime) -> int:
    """Say again all that this cabinet shares: after a restore, on opening, and from time to time. Answers as `say_again`."""
    sharing = list(Practitioner.objects.filter(shares_time=True, deleted_at=None).order_by("id").values_list("id", flat=True))
    if not sharing:
        ranges.release_all(connection.schema_name)
    return say_again(sharing, now) if sharing else 0


class _Taken(NamedTuple):
    """One row of the occupancy: of whom, by which visit or hold, when, until when it is held, in which lane."""

    who: UUID
    reference: UUID
    span: Range
    expires_at: datetime | None
    lane: str


def _taken_from(practitioner_ids: list[UUID], now: datetime) -> list[_Taken]:
    """What these practitioners' visits and holds take from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource, coalesce(appointment_id, hold_id), start_minute, end_minute, expires_at, lane FROM agenda_occupancy"
            " WHERE resource = ANY(%s::uuid[]) AND end_minute > %s AND (expires_at IS NULL OR expires_at > %s)"
            " ORDER BY lane <> 'normal', start_minute, id",
            [[str(one) for one in practitioner_ids], epoch_minute(now), now],
        )
        rows = cursor.fetchall()
    return [_Taken(as_uuid(who), as_uuid(reference), (low, high), expires, lane) for who, reference, low, high, expires, lane in rows]
