"""The three ways of living with a platform, and the flows that each sets; the flows stay switches."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Mode
from integrations.speaking.base import Capability

FLOWS = ("appointments_in", "patients_in", "reasons", "busy_out", "absences", "appointments_out", "status_out")
NEEDED = {
    "busy_out": Capability.WRITE_BUSY,
    "absences": Capability.WRITE_BUSY,
    "appointments_out": Capability.WRITE_VISITS,
    "status_out": Capability.UPDATE_VISITS,
}
# Whatever the way of living with a platform.
BESIDE = ("absences",)


class Preset(models.TextChoices):
    """How the cabinet lives with the platform."""

    ONE_WAY = "unidirectional", _("Unidirectionnel")
    BOTH_WAYS = "bidirectional", _("Bidirectionnel")
    AGGREGATION = "aggregation", _("Agrégation")
    OWN = "own", _("À la carte")


HINTS = {
    Preset.ONE_WAY: _("Les rendez-vous de la plateforme arrivent dans l’agenda. Rien n’est écrit là-bas."),
    Preset.BOTH_WAYS: _("Chaque rendez-vous est tenu à jour des deux côtés, avec le patient."),
    Preset.AGGREGATION: _("Tout arrive ici ; là-bas, les horaires pris ailleurs sont fermés, sans donnée de patient."),
    Preset.OWN: _("Les interrupteurs ci-dessous décident."),
}
_IN = {"appointments_in", "patients_in", "reasons"}
_ON = {
    Preset.ONE_WAY: _IN,
    Preset.AGGREGATION: _IN | {"busy_out"},
    Preset.BOTH_WAYS: _IN | {"busy_out", "appointments_out", "status_out"},  # holds can only be closed times
}


def flows_of(preset: str, capabilities: Capability) -> dict[str, bool]:
    """The flows that a preset sets on a platform that can do so much."""
    return {flow: flow in _ON[Preset(preset)] and can(flow, capabilities) for flow in FLOWS if flow not in BESIDE}


def can(flow: str, capabilities: Capability) -> bool:
    """Does the platform offer what the flow needs?"""
    needed = NEEDED.get(flow)
    return needed is None or needed in capabilities


def preset_of(flows: Mapping[str, bool], capabilities: Capability) -> Preset:
    """The preset that these flows are, `OWN` for none."""
    own = {name: bool(flows.get(name)) for name in FLOWS if name not in BESIDE}
    return next((one for one in _ON if flows_of(one, capabilities) == own), Preset.OWN)


def most_of(preset: str) -> str:
    """How far a connection of that preset can go."""
    return Mode.IN if preset == Preset.ONE_WAY else Mode.BOTH
