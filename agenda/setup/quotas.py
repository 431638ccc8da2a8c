"""Quotas: how many visits some channels may take of a range, until its release."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.models import Practitioner, Quota, Site, VisitReason
from agenda.setup.bounds import impossible, within
from agenda.setup.hours import CHANNELS
from agenda.setup.saving import Kind, Values, known

# What a platform imports is never refused, but may count.
LIMITED_CHANNELS = (*CHANNELS, "platform")
DEFAULTS: dict[str, Any] = {
    "practitioner": None, "site": None, "weekday": None, "start": None, "end": None, "visit_reasons": [], "channels": [],
    "most_visits": None, "release": None, "valid_from": None, "valid_until": None,
}  # fmt: skip
SAME = ("weekday", "most_visits", "valid_from", "valid_until")


def values_of(quota: Quota) -> Values:
    """The quota under the contract's names, times in minutes from midnight."""
    release = None
    if quota.release_days_before is not None:
        release = {"days_before": quota.release_days_before, "at": quota.release_minute or 0}
    return {
        **{name: getattr(quota, name) for name in SAME},
        "practitioner": quota.practitioner_id,
        "site": quota.site_id,
        "start": quota.start_minute,
        "end": quota.end_minute,
        "visit_reasons": sorted(reason.id for reason in quota.visit_reasons.all()),
        "channels": list(quota.channels),
        "release": release,
    }


def columns_of(values: Values) -> Values:
    """The checked columns."""
    within("weekday", values["weekday"])
    within("most_visits", values["most_visits"])
    if not 0 <= values["start"] < values["end"] <= 1440:
        raise impossible("ends-before-start", _("La fin doit suivre le début, dans le même jour."), "/end")
    if values["valid_from"] and values["valid_until"] and values["valid_until"] < values["valid_from"]:
        raise impossible("ends-before-start", _("La fin de validité précède son début."), "/valid_until")
    if not values["channels"]:
        raise impossible("required", _("Quels canaux sont limités ?"), "/channels")
    if not set(values["channels"]) <= set(LIMITED_CHANNELS):
        raise impossible("not-a-choice", ", ".join(LIMITED_CHANNELS), "/channels")
    release = values["release"]
    if release is not None:
        within("days_before", release["days_before"], "/release/days_before")
    known(Practitioner, [values["practitioner"]], "/practitioner", each=False)
    if values["site"] is not None:
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


def store_links(quota: Quota, links: Values) -> None:
    """The reasons that count."""
    quota.visit_reasons.set(links["visit_reasons"])


QUOTAS = Kind(Quota, DEFAULTS, values_of, columns_of, ("visit_reasons",), store_links)
