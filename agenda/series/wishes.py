"""What is asked for a series, checked once for looking and for booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.errors import UnknownReference
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules.patient import ALREADY_BOOKED
from agenda.free_times.schedule import ReasonPlan, Schedule, current_schedule
from agenda.series.patterns import check_starts
from patients.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One patient, one practitioner, one reason, several starts. `on_existing` `keep`: beside a visit to come for that reason."""

    patient_id: UUID
    visit_reason_id: UUID
    practitioner_id: UUID
    starts: Sequence[datetime]
    site_id: UUID | None = None
    insist: str | None = None
    on_existing: str | None = None

    def keeps_others(self, siblings: int) -> str | None:
        """How the next occurrence is booked: visits of the same series do not stand in each other's way as "one upcoming visit"."""
        return "keep" if siblings else self.on_existing

    def passed_over(self, siblings: int) -> tuple[str, ...]:
        """The rules that do not count for the next occurrence."""
        return (ALREADY_BOOKED.code,) if self.keeps_others(siblings) == "keep" else ()


@dataclass(frozen=True, slots=True)
class Ground:
    """The set-up on which a wish is looked at: its reason, and every resource that one of its visits may take."""

    schedule: Schedule
    reason: ReasonPlan
    resources: list[UUID]


def check_wish(wish: Wish, now: datetime) -> Ground:
    """Raise UnknownReference for an id that names nothing here, Refused `out-of-bounds` for too many starts or one too far away."""
    check_starts(wish.starts, now)
    schedule = current_schedule()
    reason = schedule.reasons.get(wish.visit_reason_id)
    if reason is None:
        raise UnknownReference("/visit_reason")
    if wish.practitioner_id not in schedule.practitioners:
        raise UnknownReference("/practitioner")
    if wish.site_id is not None and wish.site_id not in schedule.postal_codes:
        raise UnknownReference("/site")
    if not Patient.objects.filter(pk=wish.patient_id, deleted_at=None).exists():
        raise UnknownReference("/patient")
    rooms = rooms_needed(schedule, reason, [wish.site_id] if wish.site_id else schedule.postal_codes)
    return Ground(schedule, reason, [wish.practitioner_id, *rooms])
