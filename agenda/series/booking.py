"""Booking a series: each occurrence by the rules, one report, one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import UnknownReference
from agenda.free_times.rules import Refusal
from agenda.grouped_messages import tell_booked
from agenda.models import Appointment, Series, SeriesOccurrence
from agenda.models.series import BOOKED
from agenda.scheduling import book_appointment
from agenda.series.errors import NoSuchSeries
from agenda.series.patterns import MOST_OCCURRENCES
from agenda.series.wishes import Wish, check_wish
from agenda.told_together import told_together
from medidesk.db.locks import lock_until_commit
from medidesk.errors import MediDeskError, Refused


@dataclass(frozen=True, slots=True)
class Reported:
    """One occurrence in the report: booked (with the rules that the staff passed over), or refused by a rule."""

    occurrence: SeriesOccurrence
    warnings: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class BookedSeries:
    """The series and its report, in the order of its numbers."""

    series: Series
    report: list[Reported]


@transaction.atomic
def book_series(
    wish: Wish,
    *,
    actor: Actor,
    source: str,
    now: datetime,
    whole: bool = False,
    pattern: Mapping[str, Any] | None = None,
    note: str = "",
) -> BookedSeries:
    """Book what can be booked of a series, in one transaction; `whole`: everything or nothing.

    Raises UnknownReference, Refused `out-of-bounds`, and the first occurrence's refusal when none can be booked, or (`whole`) when one
    cannot: its pointer names the occurrence, `facts["occurrences"]` tells all of them.
    """
    ground = check_wish(wish, now)
    lock_until_commit(ground.resources)
    series = Series.objects.create(
        patient_id=wish.patient_id, visit_reason_id=wish.visit_reason_id, practitioner_id=wish.practitioner_id, site_id=wish.site_id,
        pattern=dict(pattern or {}), source=source, booked_by=actor.name, note=note, created_at=now, updated_at=now,
    )  # fmt: skip
    with told_together():
        tried = _try_each(wish, series, actor, source, now, note)
    _check_kept(tried, whole)
    SeriesOccurrence.objects.bulk_create([one.occurrence for one, _error in tried])
    tell_booked([(one.occurrence.id, visit) for one, _error in tried if (visit := one.occurrence.appointment)], now=now)
    return BookedSeries(series, [one for one, _error in tried])


@transaction.atomic
def add_occurrence(
    *, series_id: UUID, start: datetime, actor: Actor, now: datetime, insist: str | None = None
) -> Reported:  # fmt: skip
    """Book one more visit at the end of a series, by the rules. Raises NoSuchSeries, Refused `out-of-bounds`, what booking raises."""
    series = Series.objects.select_for_update().filter(pk=series_id).first()
    if series is None:
        raise NoSuchSeries
    last = series.occurrences.order_by("-number").values_list("number", flat=True).first() or 0
    if last >= MOST_OCCURRENCES:
        raise Refused(_("Une série compte %(most)d séances au plus.") % {"most": MOST_OCCURRENCES}, code="out-of-bounds")
    booked = book_appointment(
        visit_reason_id=series.visit_reason_id, start=start, practitioner_id=series.practitioner_id, site_id=series.site_id,
        patient_id=series.patient_id, actor=actor, source=series.source, now=now, insist=insist, on_existing="keep", note=series.note,
    )  # fmt: skip
    occurrence = SeriesOccurrence.objects.create(series=series, number=last + 1, wanted=start, appointment=booked.appointment)
    series.version += 1
    series.updated_at = now
    series.save(update_fields=["version", "updated_at"])
    return Reported(occurrence, booked.warnings)


Tried = list[tuple[Reported, MediDeskError | None]]


def _try_each(wish: Wish, series: Series, actor: Actor, source: str, now: datetime, note: str) -> Tried:
    """Every occurrence in its order; one that is refused leaves no trace but its line in the report."""
    tried: Tried = []
    siblings = 0
    for number, start in enumerate(wish.starts, 1):
        occurrence = SeriesOccurrence(series=series, number=number, wanted=start)
        try:
            booked = book_appointment(
                visit_reason_id=wish.visit_reason_id, start=start, practitioner_id=wish.practitioner_id, site_id=wish.site_id,
                patient_id=wish.patient_id, actor=actor, source=source, now=now, insist=wish.insist,
                on_existing=wish.keeps_others(siblings), note=note,
            )  # fmt: skip
        except UnknownReference:
            raise
        except MediDeskError as error:
            occurrence.outcome, occurrence.detail = error.code[:40], error.message[:300]
            tried.append((Reported(occurrence), error))
            continue
        siblings += 1
        occurrence.appointment = booked.appointment
        tried.append((Reported(occurrence, booked.warnings), None))
    return tried


def _check_kept(tried: Tried, whole: bool) -> None:
    """Raise the first refusal when nothing is left of the series, or when it was wanted whole."""
    refused = [(one, error) for one, error in tried if error is not None]
    if not refused or (not whole and len(refused) < len(tried)):
        return
    first, error = refused[0]
    error.pointer = f"/occurrences/{first.occurrence.number - 1}"
    error.facts["occurrences"] = [
        {"number": one.occurrence.number, "outcome": one.occurrence.outcome, "detail": one.occurrence.detail} for one, _error in tried
    ]
    raise error


def visits_of(series: Series) -> list[Appointment]:
    """The visits of a series, in the order of their numbers."""
    rows = series.occurrences.filter(outcome=BOOKED).select_related("appointment")
    return [one.appointment for one in rows if one.appointment is not None]
