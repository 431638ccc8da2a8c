"""The natural order of visits, by their start; the journal knows where a visit stood that has moved while a list is read."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from agenda.models import JournalEntry
from medidesk.api.paging import Order


def journal_mark() -> int:
    """How far the journal goes."""
    return JournalEntry.objects.aggregate(last=Max("id"))["last"] or 0


def starts_at(mark: int) -> dict[UUID, datetime]:
    """The starts that visits had at that mark, for those that have moved since."""
    entries = JournalEntry.objects.filter(id__gt=mark, before__isnull=False, after__isnull=False).order_by("id")
    starts: dict[UUID, datetime] = {}
    for appointment_id, before, after in entries.values_list("appointment_id", "before__start", "after__start"):
        if before and before != after:
            starts.setdefault(appointment_id, datetime.fromisoformat(before))
    return starts


BY_START = Order("start", journal_mark, starts_at)
