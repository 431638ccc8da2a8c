"""Opening hours."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.errors import UnknownReference
from agenda.models import Audience, OpeningHours
from agenda.setup.bounds import impossible, within
from agenda.setup.daily_ranges import check_range, range_columns, range_values, store_reasons
from agenda.setup.opening import Days
from agenda.setup.saving import Kind, Values

CHANNELS = ("website", "phone", "partner")
DEFAULTS: dict[str, Any] = {
    "practitioner": None, "site": None, "weekday": None, "date": None, "start": None, "end": None, "valid_from": None, "valid_until": None,
    "every_n_weeks": 1, "visit_reasons": [], "audience": Audience.EVERYONE, "channels": [], "release": None,
}  # fmt: skip
SAME = ("weekday", "date", "every_n_weeks", "audience")


def values_of(hours: OpeningHours) -> Values:
    """The hours under the contract's names, times in minutes from midnight."""
    return {**{name: getattr(hours, name) for name in SAME}, **range_values(hours)}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    _check_days(values)
    if values["audience"] not in Audience.values:
        raise impossible("not-a-choice", _("everyone, known ou staff."), "/audience")
    if values["site"] is None:
        raise UnknownReference("/site")
    check_range(values, CHANNELS)
    return {**{name: values[name] for name in SAME}, **range_columns(values)}


def _check_days(values: Values) -> None:
    """One weekday or one date; a rhythm of several weeks needs its first week."""
    if (values["weekday"] is None) == (values["date"] is None):
        raise impossible("weekday-or-date", _("Donnez un jour de la semaine ou une date, l’un des deux."), "/weekday")
    within("weekday", values["weekday"])
    within("every_n_weeks", values["every_n_weeks"])
    if values["every_n_weeks"] > 1 and values["valid_from"] is None:
        raise impossible("valid-from-needed", _("Un rythme de plusieurs semaines a besoin de sa première semaine."), "/valid_from")


def days_of(values: Values) -> Days:
    """On which days these hours may be open."""
    return (values["date"], values["date"]) if values["date"] else (values["valid_from"], values["valid_until"])


HOURS = Kind(OpeningHours, DEFAULTS, values_of, columns_of, ("visit_reasons",), store_reasons, days_of=days_of)
