"""Who works in the cabinet, and who stands in for whom, as patients read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agenda.free_times.replacements import Replacement, read_replacements
from agenda.models import Practitioner
from medidesk.cabinets.current import current_zone

ANNOUNCED_DAYS = 60  # how long before its first day a replacement is said


@dataclass(frozen=True, slots=True)
class Member:
    """One practitioner; `replaces` those in whose place the person works today, `replaced_by` who does or soon will."""

    practitioner: Practitioner
    replaces: tuple[Replacement, ...]
    replaced_by: tuple[Replacement, ...]


def team_on(now: datetime) -> list[Member]:
    """The practitioners in the order of the columns; two queries."""
    today = now.astimezone(current_zone()).date()
    standing = read_replacements()
    told = [one for one in standing if one.last_day >= today and one.first_day <= today + timedelta(days=ANNOUNCED_DAYS)]
    return [
        Member(
            one,
            tuple(row for row in told if row.substitute_id == one.id and row.holds_on(today)),
            tuple(row for row in told if row.practitioner_id == one.id),
        )
        for one in Practitioner.objects.filter(deleted_at=None)
    ]
