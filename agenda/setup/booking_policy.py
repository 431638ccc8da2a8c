"""What repeated missed visits mean for booking online: one row per cabinet."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.models import BookingPolicy
from agenda.models.missed_visits import usual_steps
from agenda.setup.bounds import impossible, within
from agenda.setup.saving import Kind, Values

MOST_STEPS = 6
FIELDS = ("is_on", "window_days", "steps")
DEFAULTS: dict[str, Any] = {"is_on": False, "window_days": 365, "steps": usual_steps()}


def values_of(policy: BookingPolicy) -> Values:
    """The rule under its names."""
    return {name: getattr(policy, name) for name in FIELDS}


def columns_of(values: Values) -> Values:
    """The checked columns: the steps ascend, and none is milder than the one before."""
    within("window_days", values["window_days"])
    steps = values["steps"]
    if len(steps) > MOST_STEPS:
        raise impossible("too-many", _("Au plus %(count)d paliers.") % {"count": MOST_STEPS}, "/steps")
    if values["is_on"] and not steps:
        raise impossible("required", _("Une règle active a au moins un palier."), "/steps")
    for index, step in enumerate(steps):
        _check_step(step, f"/steps/{index}")
        if index and step["missed"] <= steps[index - 1]["missed"]:
            raise impossible("not-ascending", _("Chaque palier demande plus d’absences que le précédent."), f"/steps/{index}/missed")
        if index and step["act"] == BookingPolicy.Act.VALIDATE and steps[index - 1]["act"] == BookingPolicy.Act.CLOSE:
            raise impossible("milder-step", _("Un palier ne peut pas être plus doux que le précédent."), f"/steps/{index}/act")
    return {name: values[name] for name in FIELDS}


def _check_step(step: Values, pointer: str) -> None:
    within("missed", step["missed"], f"{pointer}/missed")
    within("days", step["days"], f"{pointer}/days")
    if step["act"] not in BookingPolicy.Act.values:
        raise impossible("not-a-choice", _("validate ou close."), f"{pointer}/act")


BOOKING_POLICY = Kind(BookingPolicy, DEFAULTS, values_of, columns_of)
