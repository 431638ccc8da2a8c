"""Opening hours."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.models import Audience, OpeningHours, Practitioner, Site, VisitReason
from agenda.setup.bounds import impossible, within
from agenda.setup.opening import Days
from agenda.setup.saving import Kind, Values, known

CHANNELS = ("website", "phone", "partner")
DEFAULTS: dict[str, Any] = {
    "practitioner": None, "site": None, "weekday": None, "date": None, "start": None, "end": None, "valid_from": None, "valid_until": None,
    "every_n_weeks": 1, "visit_reasons": [], "audience": Audience.EVERYONE, "channels": [], "release": None,
}  # fmt: skip
SAME = ("weekday", "date", "valid_from", "valid_until", "every_n_weeks", "audience", "channels")


def values_of(hours: OpeningHours) -> Values:
    """The hours under the contract's names, times in minutes from midnight."""
    release = None
    if hours.release_days_before is not None:
        release = {"days_before": hours.release_days_before, "at": hours.release_minute or 0}
    return {
        **{name: getattr(hours, name) for name in SAME},
        "practitioner": hours.practitioner_id,
        "site": hours.site_id,
        "start": hours.start_minute,
        "end": hours.end_minute,
        "visit_reasons": sorted(reason.id for reason in hours.visit_reasons.all()),
        "release": release,
    }


def columns_of(values: Values) -> Values:
    """The checked columns."""
    _check_days(values)
    if not 0 <= values["start"] < values["end"] <= 1440:
        raise impossible("ends-before-start", _("La fin doit suivre le début, dans le même jour."), "/end")
    if values["audience"] not in Audience.values:
        raise impossible("not-a-choice", _("everyone, known ou staff."), "/audience")
    if not set(values["channels"]) <= set(CHANNELS):
        raise impossible("not-a-choice", _("website, phone, partner."), "/channels")
    release = values["release"]
    if release is not None:
        within("days_before", release["days_before"], "/release/days_before")
    known(Practitioner, [values["practitioner"]], "/practitioner", each=False)
    known(Site, [values["site"]], "/site", each=False)
    known(VisitReason, values["visit_reasons"], "/visit_reasons")
    return {
        **{name: values[name] for name in SAME},
        "channels": sorted(set(values["channels"])),
        "practitioner_id": values["practitioner"],
        "site_id": values["site"],
        "start_minute": values["start"],
        "end_minute": values["end"],
        "release_days_before": release and release["days_before"],
        "release_minute": release and release["at"],
    }


def _check_days(values: Values) -> None:
    """One weekday or one date; a rhythm of several weeks needs its first week."""
    if (values["weekday"] is None) == (values["date"] is None):
        raise impossible("weekday-or-date", _("Donnez un jour de la semaine ou une date, l’un des deux."), "/weekday")
    within("weekday", values["weekday"])
    within("every_n_weeks", values["every_n_weeks"])
    if values["every_n_weeks"] > 1 and values["valid_from"] is None:
        raise impossible("valid-from-needed", _("Un rythme de plusieurs semaines a besoin de sa première semaine."), "/valid_from")
    if values["valid_from"] and values["valid_until"] and values["valid_until"] < values["valid_from"]:
        raise impossible("ends-before-start", _("La fin de validité précède son début."), "/valid_until")


def store_links(hours: OpeningHours, links: Values) -> None:
    """The reasons these hours are kept for."""
    hours.visit_reasons.set(links["visit_reasons"])


def days_of(values: Values) -> Days:
    """On which days these hours may be open."""
    return (values["date"], values["date"]) if values["date"] else (values["valid_from"], values["valid_until"])


HOURS = Kind(OpeningHours, DEFAULTS, values_of, columns_of, ("visit_reasons",), store_links, days_of=days_of)
