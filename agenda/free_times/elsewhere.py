"""What the practitioners' other cabinets take of their time, for those who share it (`Schedule.people`); no query for anybody else."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from agenda.calendar.intervals import Range
from agenda.free_times.schedule import current_schedule, kept_schedule
from medidesk.shared_time import ranges


def people_among(resources: Collection[UUID], revision: int | None = None) -> dict[UUID, UUID]:
    """The key of each of these resources who shares the time, as the set-up at `revision` says (the one last read here when not said)."""
    if not resources:
        return {}
    schedule = current_schedule(revision) if revision is not None else kept_schedule() or current_schedule()
    return {one: schedule.people[one] for one in resources if one in schedule.people} if schedule.people else {}


def spans_elsewhere(resources: Collection[UUID], window: Range, now: datetime) -> list[tuple[UUID, Range, datetime | None]]:
    """The minutes that other cabinets take, per resource, and until when a held time is held."""
    people = people_among(resources)
    if not people:
        return []
    taken = ranges.taken_elsewhere(people.values(), window, now)
    return [(one, span, expires_at) for one, person in people.items() for whose, span, expires_at in taken if whose == person]


def with_versions_elsewhere(versions: Mapping[UUID, int], resources: Collection[UUID]) -> dict[UUID, int]:
    """The versions, each with that of the person behind it: two numbers in one, equal only if both are."""
    people = people_among(resources)
    if not people:
        return dict(versions)
    numbers = ranges.read_versions(people.values())
    return {**versions, **{one: (versions.get(one, 0) << 48) + numbers.get(person, 0) for one, person in people.items()}}
