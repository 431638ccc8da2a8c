"""Somebody is already there. Listing asks the same of all minutes at once (rooms.free_window_starts)."""

from django.utils.translation import gettext_lazy as _

from agenda.free_times.rules.case import Case
from agenda.free_times.rules.rule import Rule


def _slot_taken(case: Case) -> bool:
    return not case.busy[case.practitioner_id].is_free(*case.span)


def _resource_taken(case: Case) -> bool:
    """A taken practitioner says enough: rooms are then not spoken of."""
    return not _slot_taken(case) and case.rooms is None


SLOT_TAKEN = Rule("slot-taken", _("Cet horaire vient d’être pris."), "insist", _slot_taken)
RESOURCE_TAKEN = Rule("resource-taken", _("La salle ou l’équipement nécessaire est pris."), "insist", _resource_taken)
