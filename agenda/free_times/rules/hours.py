"""Opening hours, their conditions, absences, holidays, the grid. Listing reads the same ranges (openings.open_ranges) and absences."""

from django.utils.translation import gettext_lazy as _

from agenda.free_times.openings import closed_by_holiday, is_absent
from agenda.free_times.rules.case import Case
from agenda.free_times.rules.quotas import spent_at
from agenda.free_times.rules.rule import Rule


def _closed_to_channel(case: Case) -> bool:
    """Hours for other channels, or a spent quota that no release opens."""
    return case.is_offered and ("channel" in case.opening.refused_by or True in spent_at(case))


def _holiday(case: Case) -> bool:
    """A day that is closed as a holiday says so, also outside the usual hours."""
    if not case.is_offered:
        return False
    if case.opening.within is not None:
        return "holiday" in case.opening.refused_by
    return any(row.holds_on(case.day) and closed_by_holiday(case.schedule, case.practitioner_id, row, case.day) for row in case.rows)


def _absent(case: Case) -> bool:
    return is_absent(case.schedule, case.practitioner_id, case.site_id, case.start, case.end)


def _outside(case: Case) -> bool:
    return case.is_offered and case.opening.within is None


def _kept(case: Case) -> bool:
    """Hours, or what a spent quota leaves, that open later."""
    return case.is_offered and ("release" in case.opening.refused_by or False in spent_at(case))


def _off_grid(case: Case) -> bool:
    """The grid starts where the range starts, in elapsed minutes; without hours there is none."""
    if not case.is_offered or case.opening.within is None:
        return False
    return case.off_minute or (case.start - case.opening.within[0]) % (case.reason.grid or case.duration) != 0


CHANNEL_CLOSED = Rule("channel-closed", _("Ces horaires ne sont pas ouverts par ce canal."), "warn", _closed_to_channel)
PUBLIC_HOLIDAY = Rule("public-holiday", _("Jour férié."), "insist", _holiday)
PRACTITIONER_ABSENT = Rule("practitioner-absent", _("Le praticien est absent."), "insist", _absent)
OUTSIDE_OPENING_HOURS = Rule("outside-opening-hours", _("En dehors des horaires d’ouverture pour ce motif."), "insist", _outside)
KEPT_UNTIL_RELEASE = Rule("kept-until-release", _("Horaire gardé par le cabinet jusqu’à son ouverture en ligne."), "warn", _kept)
NOT_ON_GRID = Rule("not-on-grid", _("Les rendez-vous ne commencent pas à cette minute."), "insist", _off_grid)
