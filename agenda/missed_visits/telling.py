"""What a patient is told of a step: that it holds, that it has ended early, that a contest was refused. Planned with the act, in its
transaction; whether it is still true is decided when it leaves (agenda/missed_visits/texts.py)."""

from datetime import datetime
from uuid import UUID

from agenda.free_times.online_closing import Standing, standing_of
from agenda.models import Appointment
from agenda.reach import channel_for
from agenda.reminders import SECOND_THOUGHTS
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_message
from medidesk.messaging.models import Message, Status
from patients.models import Patient

COMPOSER = "missed_visits"
CLOSING, REOPENED, KEPT = "online_closing", "online_reopened", "online_closing_kept"
_NEVER_LEFT = (Status.CANCELLED, Status.FAILED)


def tell_of_missed(visit: Appointment, now: datetime) -> None:
    """A visit is missed: when a step follows, one message says so, after the time for second thoughts."""
    cancel_messages_of(visit.id, why="missed again", kinds=[REOPENED])
    standing = standing_of(visit.patient_id, now)
    if standing.holds and standing.because_of == visit.id:
        _plan(CLOSING, visit.id, visit.patient, now + SECOND_THOUGHTS, now, closes=standing.is_closed)


def tell_of_unmissed(visit: Appointment, now: datetime) -> None:
    """A visit is no longer missed: what was not told yet is withdrawn in silence, what was told is answered."""
    cancel_messages_of(visit.id, why="not missed", kinds=[CLOSING, KEPT])
    if visit.patient_id is not None:
        _tell_milder(visit.id, visit.patient, standing_of(visit.patient_id, now), now)


def tell_standing(patient_id: UUID | None, before: Standing, now: datetime) -> Standing:
    """A decision was taken: tell the patient when it opened what was closed, or closed it again. Where the patient now stands."""
    after = standing_of(patient_id, now)
    patient = Patient.objects.filter(pk=patient_id).first()
    if before.holds and before.because_of:
        if not (after.holds and after.because_of == before.because_of):
            cancel_messages_of(before.because_of, why="reopened", kinds=[CLOSING, KEPT])
        _tell_milder(before.because_of, patient, after, now)
    if after.because_of and _hardness(after) > _hardness(before):
        cancel_messages_of(after.because_of, why="closed again", kinds=[REOPENED])
        _plan(CLOSING, after.because_of, patient, now + SECOND_THOUGHTS, now, closes=after.is_closed)
    return after


def tell_kept(patient_id: UUID, standing: Standing, now: datetime) -> None:
    """The cabinet has read the contest and keeps the step."""
    if standing.because_of:
        _plan(KEPT, standing.because_of, Patient.objects.filter(pk=patient_id).first(), now, now, closes=standing.is_closed)


def _tell_milder(about: UUID, patient: Patient | None, after: Standing, now: datetime) -> None:
    """Say what has ended, when the patient was told that it had begun and has not been told of its end."""
    last = Message.objects.filter(about=about, kind__in=(CLOSING, REOPENED)).exclude(status__in=_NEVER_LEFT).order_by("due_at").last()
    if last is None or last.kind == REOPENED:
        return
    if _hardness(after) < (2 if last.facts["closes"] else 1):
        _plan(REOPENED, about, patient, now + SECOND_THOUGHTS, now, closes=last.facts["closes"])


def _hardness(standing: Standing) -> int:
    """Nothing, validated, closed."""
    return 2 if standing.is_closed else int(standing.holds)


def _plan(kind: str, about: UUID, patient: Patient | None, due_at: datetime, now: datetime, *, closes: bool) -> None:
    channel = channel_for(patient)
    if channel is not None:
        plan = Plan(
            kind=kind, channel=channel, due_at=due_at, about=about, about_kind="appointment", composer=COMPOSER, facts={"closes": closes}
        )
        plan_message(plan, now=now)
