"""The verbs about missed visits. One patient's decisions wait for each other; each row keeps who, why and when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import NoSuchAppointment
from agenda.free_times.online_closing import Standing, standing_of
from agenda.missed_visits.telling import tell_kept, tell_standing
from agenda.models import Appointment, ClosingReview, MissedVisitExcuse, Status
from medidesk.db.locks import lock_until_commit
from medidesk.errors import Conflicting, Refused

MOST_WORDS = 1000  # characters of a contest
MOST_MOTIVE = 500


class NoClosing(Conflicting):
    """Nothing is closed or to be validated because of missed visits, or no longer because of this one."""

    code = "online-booking-open"

    def __init__(self) -> None:
        super().__init__(_("La réservation en ligne n’est pas suspendue."))


class AlreadyContested(Conflicting):
    """The patient has had a say about this closing."""

    code = "already-contested"

    def __init__(self) -> None:
        super().__init__(_("Vous avez déjà contesté cette suspension."))


class NotMissed(Conflicting):
    """The visit was not missed, or is (or is not) excused already."""

    code = "not-missed"

    def __init__(self) -> None:
        super().__init__(_("Ce rendez-vous ne compte pas comme manqué."))


@transaction.atomic
def excuse_missed_visit(*, appointment_id: UUID, motive: str, actor: Actor, now: datetime) -> Standing:
    """This missed visit no longer counts; where its patient then stands. Raises NoSuchAppointment, NotMissed, Refused `required`."""
    visit = _missed(appointment_id)
    if visit.excuses.filter(withdrawn_at=None).exists():
        raise NotMissed
    before = standing_of(visit.patient_id, now)
    MissedVisitExcuse.objects.create(appointment=visit, by=actor.name, motive=_words(motive, MOST_MOTIVE), at=now)
    return tell_standing(visit.patient_id, before, now)


@transaction.atomic
def count_again(*, appointment_id: UUID, actor: Actor, now: datetime) -> Standing:
    """An excuse is taken back: the missed visit counts. Raises NoSuchAppointment, NotMissed."""
    visit = _missed(appointment_id)
    excused = visit.excuses.filter(withdrawn_at=None)
    before = standing_of(visit.patient_id, now)
    if not excused.update(withdrawn_at=now, withdrawn_by=actor.name):
        raise NotMissed
    return tell_standing(visit.patient_id, before, now)


@transaction.atomic
def lift_closing(*, patient_id: UUID, motive: str, actor: Actor, now: datetime) -> Standing:
    """End the present step at once, and accept the patient's contest if there is one; the next missed visit counts all of them again.

    Raises NoClosing, Refused `required` without a motive.
    """
    before = _held(patient_id, now)
    _decide(before, ClosingReview.Decision.LIFTED, _words(motive, MOST_MOTIVE), actor, now)
    return tell_standing(patient_id, before, now)


@transaction.atomic
def keep_closing(*, patient_id: UUID, motive: str, actor: Actor, now: datetime) -> Standing:
    """Answer the patient's contest by a no; `motive` is what the patient reads. Raises NoClosing (also when nothing was contested or
    it is answered), Refused `required`."""
    standing = _held(patient_id, now)
    if not standing.contested or standing.decision:
        raise NoClosing
    _decide(standing, ClosingReview.Decision.KEPT, _words(motive, MOST_MOTIVE), actor, now)
    tell_kept(patient_id, standing, now)
    return standing_of(patient_id, now)


@transaction.atomic
def contest_closing(*, appointment_id: UUID, text: str, now: datetime) -> Standing:
    """The patient's word about the step that this missed visit led to, once; it goes to the cabinet's worklist.

    Raises NoSuchAppointment, NoClosing, AlreadyContested, Refused `required`.
    """
    visit = Appointment.objects.filter(pk=appointment_id).first()
    if visit is None or visit.patient_id is None:
        raise NoSuchAppointment
    standing = _held(visit.patient_id, now)
    if standing.because_of != appointment_id:
        raise NoClosing
    if standing.contested:
        raise AlreadyContested
    ClosingReview.objects.update_or_create(
        appointment_id=appointment_id, defaults={"contest": _words(text, MOST_WORDS), "contested_at": now}
    )
    return standing_of(visit.patient_id, now)


def _missed(appointment_id: UUID) -> Appointment:
    """The missed visit, its patient's decisions locked. A visit without a patient counts for nobody."""
    visit = Appointment.objects.filter(pk=appointment_id).first()
    if visit is None:
        raise NoSuchAppointment
    if visit.patient_id is None:
        raise NotMissed
    lock_until_commit([visit.patient_id])
    visit = Appointment.objects.select_for_update(no_key=True).get(pk=appointment_id)
    if visit.status != Status.NO_SHOW or visit.patient_id is None:
        raise NotMissed
    return visit


def _held(patient_id: UUID, now: datetime) -> Standing:
    """Where the patient stands, locked, when a step is in force."""
    lock_until_commit([patient_id])
    standing = standing_of(patient_id, now)
    if not standing.holds:
        raise NoClosing
    return standing


def _decide(standing: Standing, decision: str, motive: str, actor: Actor, now: datetime) -> None:
    ClosingReview.objects.update_or_create(
        appointment_id=standing.because_of,
        defaults={"decision": decision, "decided_by": actor.name, "motive": motive, "decided_at": now},
    )


def _words(text: str, most: int) -> str:
    """The words, which must be there."""
    text = text.strip()
    if not text or "\0" in text:
        raise Refused(_("Dites pourquoi, en quelques mots."), code="required", pointer="/motive")
    return text[:most]
