"""The rules of a free time: their codes in the contract's order, what each says, how strict it is with whom."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

Severity = Literal["refuse", "insist", "warn"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A code of the contract, its French sentence, and what it means for the staff (others are always refused)."""

    code: str
    sentence: str
    staff: Severity


# Order of the REST contract, section 1.1: the first one that refuses is the answer.
RULES = (
    Rule("in-the-past", _("Cette heure est passée."), "insist"),
    Rule("reason-not-offered", _("Ce praticien ne propose pas ce motif."), "refuse"),
    Rule("staff-only", _("Cette heure ou ce motif est réservé au cabinet : appelez-le."), "warn"),
    Rule("known-patients-only", _("Réservé aux patients déjà suivis par le cabinet."), "warn"),
    Rule("channel-closed", _("Ces horaires ne sont pas ouverts par ce canal."), "warn"),
    Rule("beyond-horizon", _("Cette date n’est pas encore ouverte à la réservation."), "warn"),
    Rule("minimum-notice", _("Il est trop tard pour réserver cette heure en ligne."), "warn"),
    Rule("public-holiday", _("Jour férié."), "insist"),
    Rule("practitioner-absent", _("Le praticien est absent."), "insist"),
    Rule("outside-opening-hours", _("En dehors des horaires d’ouverture pour ce motif."), "insist"),
    Rule("kept-until-release", _("Horaire gardé par le cabinet jusqu’à son ouverture en ligne."), "warn"),
    Rule("not-on-grid", _("Les rendez-vous ne commencent pas à cette minute."), "insist"),
    Rule("slot-taken", _("Cet horaire vient d’être pris."), "insist"),
    Rule("resource-taken", _("La salle ou l’équipement nécessaire est pris."), "insist"),
    Rule("daily-maximum", _("Le nombre de visites de ce motif est atteint pour ce jour."), "warn"),
    Rule("too-soon-after-last-visit", _("Trop près d’une autre visite pour ce motif."), "warn"),
    Rule("patient-already-booked", _("Ce patient a déjà un rendez-vous à venir pour ce motif."), "warn"),
    Rule("online-booking-closed", _("La réservation en ligne est suspendue pour ce patient."), "warn"),
    Rule("would-leave-a-hole", _("Cette heure laisserait un trou inutilisable."), "warn"),
)
BY_CODE = {rule.code: rule for rule in RULES}
_RANK = {rule.code: rank for rank, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that is broken, in words, and whether the asker may pass over it."""

    code: str
    detail: str
    severity: Severity


def refusals_for(codes: set[str], *, staff: bool) -> list[Refusal]:
    """The broken rules in the contract's order, as strict as they are with the staff or with others."""
    return [
        Refusal(code, str(BY_CODE[code].sentence), BY_CODE[code].staff if staff else "refuse")
        for code in sorted(codes, key=_RANK.__getitem__)
    ]


def rank(refusals: list[Refusal]) -> int:
    """How far the first refusal is down the list; nothing refused is the farthest."""
    return _RANK[refusals[0].code] if refusals else len(RULES)
