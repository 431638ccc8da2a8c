"""Is the reason offered, and to such a visitor?"""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from agenda.free_times.openings import Strictness, Visitor
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule
from agenda.free_times.schedule import ReasonPlan, Schedule

_ONLY_AUDIENCE = Strictness(audience=True, channel=False, holiday=False, release=False)


def may_ever_book(schedule: Schedule, reason: ReasonPlan, practitioner_id: UUID, visitor: Visitor) -> bool:
    """Listing: is the reason, with this practitioner, open to such a visitor at all?"""
    return not (_kept_from(schedule, reason, practitioner_id, visitor) or _unknown_for(reason, visitor)) or visitor.staff


def _kept_from(schedule: Schedule, reason: ReasonPlan, practitioner_id: UUID, visitor: Visitor) -> bool:
    """Does the practitioner, or the reason, leave booking to the staff? A practitioner closed online still takes calls."""
    closed_online = not schedule.practitioners[practitioner_id].bookable_online and visitor.channel != "phone"
    return not visitor.staff and (closed_online or reason.bookable_by == "staff")


def _unknown_for(reason: ReasonPlan, visitor: Visitor) -> bool:
    """Is the reason for known patients, and this visitor new?"""
    return reason.bookable_by == "known" and visitor.status == "new"


def _not_offered(case: Case) -> bool:
    return not case.is_offered


def _staff_only(case: Case) -> bool:
    if not case.is_offered or case.visitor.staff:
        return False
    if _kept_from(case.schedule, case.reason, case.practitioner_id, case.visitor):
        return True
    return "audience" in case.opening.refused_by and not _known_would_do(case)


def _known_only(case: Case) -> bool:
    if not case.is_offered:
        return False
    if _unknown_for(case.reason, case.visitor):
        return True
    if case.visitor.staff:
        return _staff_passes_over(case)
    return "audience" in case.opening.refused_by and _known_would_do(case)


def _known_would_do(case: Case) -> bool:
    """Would hours that refuse this visitor's audience have admitted a known patient?"""
    return replace(case, visitor=replace(case.visitor, status="known")).covered(_ONLY_AUDIENCE) is not None


def _staff_passes_over(case: Case) -> bool:
    """Does the staff open, to a new patient, hours kept for known ones?"""
    as_patient = replace(case, visitor=replace(case.visitor, staff=False))
    return case.opening.within is not None and as_patient.covered(_ONLY_AUDIENCE) is None and _known_would_do(as_patient)


REASON_NOT_OFFERED = Rule("reason-not-offered", _("Ce praticien ne propose pas ce motif."), "refuse", _not_offered)
STAFF_ONLY = Rule("staff-only", _("Cette heure ou ce motif est réservé au cabinet : appelez-le."), "warn", _staff_only)
KNOWN_PATIENTS_ONLY = Rule("known-patients-only", _("Réservé aux patients déjà suivis par le cabinet."), "warn", _known_only)
