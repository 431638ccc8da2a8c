"""Absences and closures."""

from django.utils.translation import gettext as _

from agenda.calendar.recurrence import check_rrule
from agenda.models import Absence, Practitioner, Site
from agenda.setup.bounds import impossible
from agenda.setup.opening import Days
from agenda.setup.saving import Kind, Values, known
from medidesk.cabinets.current import current_zone

DEFAULTS = {"practitioner": None, "site": None, "start": None, "end": None, "label": "", "rrule": ""}


def values_of(absence: Absence) -> Values:
    """The absence under the contract's names."""
    return {
        "practitioner": absence.practitioner_id,
        "site": absence.site_id,
        **{name: getattr(absence, name) for name in ("start", "end", "label", "rrule")},
    }


def columns_of(values: Values) -> Values:
    """The checked columns."""
    if (values["practitioner"] is None) == (values["site"] is None):
        raise impossible("practitioner-or-site", _("Donnez un praticien ou un lieu, l’un des deux."), "/practitioner")
    if values["end"] <= values["start"]:
        raise impossible("ends-before-start", _("La fin doit suivre le début."), "/end")
    if values["rrule"]:
        check_rrule(values["rrule"])
    if values["practitioner"] is not None:
        known(Practitioner, [values["practitioner"]], "/practitioner", each=False)
    else:
        known(Site, [values["site"]], "/site", each=False)
    same = {name: values[name] for name in ("start", "end", "label", "rrule")}
    return {**same, "practitioner_id": values["practitioner"], "site_id": values["site"]}


def days_of(values: Values) -> Days:
    """On which days somebody may be away by this row; one that recurs, from its first day on."""
    zone = current_zone()
    last = None if values["rrule"] else values["end"].astimezone(zone).date()
    return values["start"].astimezone(zone).date(), last


ABSENCES = Kind(Absence, DEFAULTS, values_of, columns_of, days_of=days_of)
