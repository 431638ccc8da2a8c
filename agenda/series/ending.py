"""Cancelling what is left of a series by one act."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.models import Appointment, Series
from agenda.models.series import BOOKED
from agenda.scheduling.cancelling_together import cancel_lines
from agenda.series.errors import NoSuchSeries, NothingLeftToCancel


@transaction.atomic
def cancel_rest(
    *, series_id: UUID, by: Literal["patient", "cabinet"], reason: str, actor: Actor, now: datetime, first: int = 1
) -> list[Appointment]:
    """Cancel the visits to come of a series from number `first` on, told in one message; those that have begun are left.

    Raises NoSuchSeries, NothingLeftToCancel.
    """
    series = Series.objects.select_for_update().filter(pk=series_id).first()
    if series is None:
        raise NoSuchSeries
    rows = series.occurrences.filter(outcome=BOOKED, number__gte=first).values_list("id", "appointment_id")
    return cancel_lines(series, rows, nothing_left=NothingLeftToCancel(), by=by, reason=reason, actor=actor, now=now)
