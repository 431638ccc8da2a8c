"""What the patients' site says of booking online that is closed, or validated, after missed visits: why, until when, how to contest."""

from dataclasses import dataclass
from datetime import date, datetime

from agenda.free_times.online_closing import Standing, standing_of, standings_of
from agenda.missed_visits.texts import last_day
from agenda.models import Appointment, ClosingReview
from booking.identity import Identity
from booking.links import sign_visit
from booking.visits import patients_reached_by
from medidesk.errors import Refused
from patients.matching import find_exact
from patients.registration import checked


@dataclass(frozen=True, slots=True)
class Closing:
    """One patient's step. `token` signs the missed visit that led to it; `answer` is what the cabinet replied to a contest."""

    first_names: str
    closed: bool
    missed: int
    last_day: date
    contested: bool
    kept: bool
    answer: str
    token: str


def closing_of_visit(visit: Appointment, now: datetime) -> Closing | None:
    """The step that this missed visit led to, while it holds."""
    standing = standing_of(visit.patient_id, now) if visit.status == "no_show" else None
    if standing is None or standing.because_of != visit.id:
        return None
    return _closing("", standing)


def closings_of(contact: str, now: datetime) -> list[Closing]:
    """The steps that hold for the patients whom this proved phone or e-mail address reaches."""
    names = dict(patients_reached_by(contact))
    found = [_closing(names[one], standing) for one, standing in standings_of(list(names), now).items()]
    return [closing for closing in found if closing is not None]


def closing_for(identity: Identity, now: datetime) -> Closing | None:
    """The step that holds for the person who was typed, whose contact is proved."""
    try:
        patient = find_exact(checked(identity.details, now=now))
    except Refused:
        return None
    return _closing("", standing_of(patient.id, now)) if patient else None


def _closing(first_names: str, standing: Standing) -> Closing | None:
    if not standing.holds or standing.until is None or standing.because_of is None:
        return None
    kept = standing.decision == ClosingReview.Decision.KEPT
    answer = ClosingReview.objects.filter(pk=standing.because_of).values_list("motive", flat=True).first() if kept else ""
    return Closing(
        first_names, standing.is_closed, standing.missed, last_day(standing.until), standing.contested, kept, answer or "",
        sign_visit(standing.because_of),
    )  # fmt: skip
