"""What is asked of a bundle: who comes, for what, with whom, and how far apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.errors import UnknownReference
from agenda.free_times.schedule import Schedule
from medidesk.errors import Refused
from patients.models import Patient

FEWEST_MEMBERS, MOST_MEMBERS = 2, 8
MOST_DAYS = 92
LONGEST_GAP = MOST_DAYS * 1440
USUAL_GAP = 30
MOST_OFFERS = 20

Arrangement = Literal["in_turn", "at_once"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One member. `practitioner_ids` empty: whoever offers the reason.

    Gaps are minutes: in turn, from the end of the member before to the start of this one; at once, `most_gap` is how much later than
    the first member this one may start. The first member's count for nothing.
    """

    patient_id: UUID
    visit_reason_id: UUID
    practitioner_ids: tuple[UUID, ...] = ()
    site_id: UUID | None = None
    least_gap: int = 0
    most_gap: int = USUAL_GAP


def check_number(members: Sequence[object]) -> None:
    """Raise Refused `out-of-bounds` unless there are two members or more, and not too many."""
    _within("/members", len(members), FEWEST_MEMBERS, MOST_MEMBERS)


def check_wanted(members: Sequence[Wanted], days: tuple[date, date], count: int, schedule: Schedule) -> None:
    """Raise UnknownReference for an id that names nothing here, Refused `out-of-bounds` for numbers that are not admitted."""
    check_number(members)
    _within("/count", count, 1, MOST_OFFERS)
    if not timedelta(0) < days[1] - days[0] <= timedelta(days=MOST_DAYS):
        raise Refused(_("La fenêtre va de from à to, 92 jours au plus."), code="out-of-bounds", pointer="/to")
    living = set(Patient.objects.filter(pk__in={one.patient_id for one in members}, deleted_at=None).values_list("id", flat=True))
    for n, one in enumerate(members):
        at = f"/members/{n}"
        if one.patient_id not in living:
            raise UnknownReference(f"{at}/patient")
        if one.visit_reason_id not in schedule.reasons:
            raise UnknownReference(f"{at}/visit_reason")
        if any(who not in schedule.practitioners for who in one.practitioner_ids):
            raise UnknownReference(f"{at}/practitioners")
        if one.site_id is not None and one.site_id not in schedule.postal_codes:
            raise UnknownReference(f"{at}/site")
        _within(f"{at}/least_gap", one.least_gap, 0, LONGEST_GAP)
        _within(f"{at}/most_gap", one.most_gap, one.least_gap, LONGEST_GAP)


def _within(pointer: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise Refused(_("Entre %(low)d et %(high)d.") % {"low": low, "high": high}, code="out-of-bounds", pointer=pointer)
