"""What the desk shows of a patient's missed visits: where the patient stands, in words; the visits; what was said and decided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda import worklist
from agenda.desk.rights import agendas_of, may_write
from agenda.free_times.online_closing import Standing, missed_visits, standing_of, standings_of
from agenda.missed_visits.texts import last_day
from agenda.models import Appointment, ClosingReview, MissedVisitExcuse, Status
from medidesk import french
from medidesk.cabinets.current import current_zone
from patients.notices import RecordNotice, register_notices_provider

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class MissedVisit:
    """One missed visit, and who excused it, if anybody did."""

    visit: Appointment
    excuse: MissedVisitExcuse | None


@dataclass(frozen=True, slots=True)
class OnlineBooking:
    """Everything that the page of one patient shows."""

    standing: Standing
    sentence: str
    missed: list[MissedVisit]
    review: ClosingReview | None

    @property
    def awaits_answer(self) -> bool:
        """Has the patient contested what still holds, and got no answer?"""
        return self.standing.holds and self.standing.contested and not self.standing.decision


def online_booking(patient_id: UUID, reader: Any, now: datetime) -> OnlineBooking:
    """Where the patient stands, with the missed visits that are open to the reader, the last one first."""
    standing = standing_of(patient_id, now)
    rows = missed_visits([patient_id], now).select_related("practitioner", "visit_reason").prefetch_related("excuses").reverse()
    own = agendas_of(reader)
    if own is not None:
        rows = rows.filter(practitioner_id__in=own)
    review = ClosingReview.objects.filter(appointment_id=standing.because_of).first() if standing.because_of else None
    return OnlineBooking(standing, sentence_of(standing, _today(now)), [_missed(row) for row in rows[:MOST_SHOWN]], review)


def sentence_of(standing: Standing, today: date) -> str:
    """The state in one sentence."""
    count = ngettext("%(n)d rendez-vous manqué", "%(n)d rendez-vous manqués", standing.missed) % {"n": standing.missed}
    if not standing.holds or standing.until is None:
        is_open = _("La réservation en ligne est ouverte")
        return f"{is_open} ({count})." if standing.missed else f"{is_open}."
    facts = {"count": count, "day": french.long_day(last_day(standing.until), today)}
    if standing.is_closed:
        return _("Réservation en ligne fermée jusqu’au %(day)s inclus (%(count)s).") % facts
    return _("Réservations en ligne à valider jusqu’au %(day)s inclus (%(count)s).") % facts


def missed_state(visit: Appointment, now: datetime) -> tuple[str, MissedVisitExcuse | None] | None:
    """What the page of a missed visit says: where its patient stands, and the excuse; None for any other visit."""
    if visit.status != Status.NO_SHOW or visit.patient_id is None:
        return None
    return sentence_of(standing_of(visit.patient_id, now), _today(now)), standing_excuse(visit)


def standing_excuse(visit: Appointment) -> MissedVisitExcuse | None:
    """Who says that this missed visit does not count."""
    return next((one for one in visit.excuses.all() if one.withdrawn_at is None), None)


def _missed(visit: Appointment) -> MissedVisit:
    return MissedVisit(visit, standing_excuse(visit))


def _today(now: datetime) -> date:
    return now.astimezone(current_zone()).date()


def contests(now: datetime) -> list[worklist.Task]:
    """The patients' words that wait for an answer, the oldest first; those whose closing has ended meanwhile are left out."""
    rows = ClosingReview.objects.filter(decision="", contested_at__isnull=False).select_related("appointment__patient")
    waiting = [one for one in rows.order_by("contested_at")[:MOST_SHOWN] if one.appointment.patient is not None]
    standings = standings_of([one.appointment.patient_id for one in waiting], now) if waiting else {}
    return [
        worklist.Task(
            kind="contest",
            title=_("Conteste\u00a0: %(who)s") % {"who": one.appointment.patient.name},
            detail=sentence_of(standings[one.appointment.patient_id], _today(now)),
            url=reverse("agenda:online_booking", args=[one.appointment.patient_id]),
            at=one.contested_at,
        )
        for one in waiting
        if _still_holds(standings.get(one.appointment.patient_id), one)
    ]


def _still_holds(standing: Standing | None, review: ClosingReview) -> bool:
    return standing is not None and standing.holds and standing.because_of == review.appointment_id


def record_notices(patient_id: UUID, reader: Any, now: datetime) -> list[RecordNotice]:
    """What the record's first page says at its head, when a step holds."""
    standing = standing_of(patient_id, now)
    if not standing.holds:
        return []
    address = reverse("agenda:online_booking", args=[patient_id])
    links = ((_("Excuser une absence"), f"{address}#absences"), (_("Rouvrir la réservation en ligne"), f"{address}#rouvrir"))
    text = sentence_of(standing, _today(now))
    if standing.contested and not standing.decision:
        text = f"{text} {_('Le patient conteste.')}"
    return [RecordNotice(text, "warning", links if may_write(reader) else ((_("Voir"), address),))]


worklist.register_tasks_provider(contests)
register_notices_provider(record_notices)
