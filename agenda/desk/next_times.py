"""The next times worth saying on the phone: a few, across practitioners, not all of one morning."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.calendar.wall_time import epoch_minute, instant_of
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.free_times.replacements import replacing
from agenda.free_times.schedule import kept_schedule
from agenda.models import Practitioner
from medidesk import french
from medidesk.cabinets.current import current_zone

OFFERED = 6
MOST_PER_DAY = 2  # of one practitioner, so that six times are six choices
STEPS = (14, 31, 47)  # days looked at, one step after the other: 92 in all


@dataclass(frozen=True, slots=True)
class OfferedTime:
    """A time to propose; `start` is on the cabinet's wall. `refused` says why it needs insistence, empty when it does not;
    `replaced`: somebody works in the practitioner's place that day."""

    practitioner: Practitioner
    site_id: UUID | None
    start: datetime
    refused: str = ""
    replaced: bool = False

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.practitioner.id}|{self.start.isoformat()}|{self.site_id or ''}"


def next_times(
    *,
    visit_reason_id: UUID,
    start_date: date,
    now: datetime,
    visitor: Visitor,
    practitioners: Sequence[Practitioner],
    count: int = OFFERED,
    per_day: int | None = MOST_PER_DAY,
    after: datetime | None = None,
) -> list[OfferedTime]:
    """The next free times for that reason with these practitioners, ascending, from `start_date` (or `after`) on.

    `per_day` limits how many of one practitioner's day are offered; None does not. Raises UnknownReference.
    """
    by_id = {one.id: one for one in practitioners}
    found: list[OfferedTime] = []
    first = start_date
    for step in STEPS:
        offers = free_slots(
            visit_reason_id=visit_reason_id, start_date=first, end_date=first + timedelta(days=step), now=now, visitor=visitor,
            practitioner_ids=list(by_id),
        )  # fmt: skip
        rank = {one: n for n, one in enumerate(by_id)}
        slots = sorted(
            ((slot.start_minute, rank[offer.practitioner_id], offer) for offer in offers for slot in offer.slots), key=lambda one: one[:2]
        )
        found += _spread(slots, by_id, per_day, count - len(found), epoch_minute(after) if after else 0)
        if len(found) >= count:
            break
        first += timedelta(days=step)
    return found


def _spread(slots: list, by_id: dict[UUID, Practitioner], per_day: int | None, count: int, after: int) -> list[OfferedTime]:
    zone, schedule = current_zone(), kept_schedule()
    replacements = schedule.replacements if schedule else ()
    taken: Counter[tuple[UUID, date]] = Counter()
    chosen: list[OfferedTime] = []
    for minute, _rank, offer in slots:
        if len(chosen) >= count:
            break
        start = instant_of(minute).astimezone(zone)
        key = (offer.practitioner_id, start.date())
        if minute < after or (per_day is not None and taken[key] >= per_day):
            continue
        taken[key] += 1
        replaced = bool(replacing(replacements, offer.practitioner_id, start.date()))
        chosen.append(OfferedTime(by_id[offer.practitioner_id], offer.site_id, start, replaced=replaced))
    return chosen


def sentence_for(offered: OfferedTime, now: datetime) -> str:
    """What to read aloud: « Je vous propose aujourd’hui à 11 h avec le Dr Le Goff. Cela vous convient ? »"""
    today = now.astimezone(current_zone()).date()
    day = offered.start.date()
    when = french.near_day(day, today) or french.long_day(day, today)
    who = _("le %(name)s") % {"name": spoken_name(offered.practitioner)} if offered.practitioner.title else offered.practitioner.name
    return _("«\u00a0Je vous propose %(when)s à %(time)s avec %(who)s. Cela vous convient\u00a0?\u00a0»") % {
        "when": when, "time": french.clock_time(offered.start), "who": who,
    }  # fmt: skip


def spoken_name(practitioner: Practitioner) -> str:
    """« Dr Le Goff », « Claire Ferrand »."""
    return f"{practitioner.title}{french.NBSP}{practitioner.last_name}" if practitioner.title else practitioner.name
