"""Quotas: how many visits some channels may take of a range, until its release."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.models import Quota
from agenda.setup.bounds import impossible, within
from agenda.setup.daily_ranges import check_range, range_columns, range_values, store_reasons
from agenda.setup.hours import CHANNELS
from agenda.setup.saving import Kind, Values

# What a platform imports is never refused, but may count.
LIMITED_CHANNELS = (*CHANNELS, "platform")
DEFAULTS: dict[str, Any] = {
    "practitioner": None, "site": None, "weekday": None, "start": None, "end": None, "visit_reasons": [], "channels": [],
    "most_visits": None, "release": None, "valid_from": None, "valid_until": None,
}  # fmt: skip
SAME = ("weekday", "most_visits")


def values_of(quota: Quota) -> Values:
    """The quota under the contract's names, times in minutes from midnight."""
    return {**{name: getattr(quota, name) for name in SAME}, **range_values(quota)}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    within("weekday", values["weekday"])
    within("most_visits", values["most_visits"])
    if not values["channels"]:
        raise impossible("required", _("Quels canaux sont limités ?"), "/channels")
    check_range(values, LIMITED_CHANNELS)
    return {**{name: values[name] for name in SAME}, **range_columns(values)}


QUOTAS = Kind(Quota, DEFAULTS, values_of, columns_of, ("visit_reasons",), store_reasons)
