"""What a visit belongs to, for the desk: its place in a series, the visits that were booked with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agenda.models import Appointment, Bundle, BundleMember, Practitioner, Series, SeriesOccurrence, Status


@dataclass(frozen=True, slots=True)
class PlaceInSeries:
    """« séance 3 sur 12 »; numbers and total count the visits that were booked."""

    series_id: UUID
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Together:
    """What the visit's own page says of it; both may be absent."""

    place: PlaceInSeries | None
    bundle: Bundle | None
    others: Sequence[Appointment]


def together_of(visit: Appointment) -> Together:
    """The series and the bundle of a visit: two queries, one more for each that there is."""
    occurrence = SeriesOccurrence.objects.filter(appointment=visit).first()
    place = None
    if occurrence is not None:
        booked = SeriesOccurrence.objects.filter(series_id=occurrence.series_id, appointment__isnull=False)
        numbers = list(booked.values_list("number", flat=True))
        place = PlaceInSeries(occurrence.series_id, numbers.index(occurrence.number) + 1, len(numbers))
    member = BundleMember.objects.filter(appointment=visit).select_related("bundle").first()
    others: list[Appointment] = []
    if member is not None:
        rows = BundleMember.objects.filter(bundle_id=member.bundle_id).exclude(pk=member.pk)
        others = [one.appointment for one in rows.select_related("appointment__patient", "appointment__practitioner")]
    return Together(place, member.bundle if member else None, others)


def series_for(series_id: UUID) -> Series | None:
    """A series with what its page shows of it."""
    return Series.objects.select_related("patient", "practitioner", "visit_reason", "site").filter(pk=series_id).first()


def lines_of(series: Series) -> list[SeriesOccurrence]:
    """What became of each wanted time: one query."""
    return list(series.occurrences.select_related("appointment").order_by("number"))


def members_of(bundle: Bundle) -> list[Appointment]:
    """The visits of a bundle in their order: one query."""
    rows = bundle.members.select_related("appointment__patient", "appointment__practitioner", "appointment__visit_reason")
    return [one.appointment for one in rows.order_by("number")]


def is_to_come(visit: Appointment | None, now: datetime) -> bool:
    """May this visit still be cancelled?"""
    return visit is not None and visit.start > now and visit.status in (Status.REQUESTED, Status.CONFIRMED)


def swappable(visit: Appointment, practitioners: Sequence[Practitioner], low: datetime, high: datetime, now: datetime) -> list[Appointment]:
    """The visits to come between two instants, in these agendas, with which this one may be exchanged; one query."""
    rows = Appointment.objects.filter(
        practitioner__in=practitioners, start__gte=max(low, now), start__lt=high, status__in=(Status.REQUESTED, Status.CONFIRMED)
    ).exclude(pk=visit.pk)
    return list(rows.exclude(lane="conflict").select_related("patient", "practitioner").order_by("start", "practitioner_id"))
