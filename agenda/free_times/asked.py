"""One question for free times, carried whole from listing to the arithmetic."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import ReasonPlan, Schedule


class Asked(NamedTuple):
    """Of whom, where, for what, by whom, in which days [first, last)."""

    schedule: Schedule
    practitioner_id: UUID
    site_id: UUID
    reason: ReasonPlan
    visitor: Visitor
    days: tuple[date, date]
