"""The codes of problems, explained: what `type` leads to on the page that documents the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_CODES: dict[str, Any] = {
    "unauthenticated": _("La clé manque, est inconnue, révoquée ou d’un autre cabinet."),
    "missing-scope": _("La clé n’a pas le droit qu’il faut."),
    "not-found": _("Rien à cette adresse, ou rien que cette clé doive connaître."),
    "method-not-allowed": _("Cette méthode n’est pas admise à cette adresse (en-tête Allow)."),
    "unreadable-json": _("Le corps n’est pas du JSON en UTF-8."),
    "json-expected": _("Le corps doit être annoncé comme application/json."),
    "wrong-type": _("Une valeur est d’un autre type, ou ne se lit pas."),
    "required": _("Un champ obligatoire manque."),
    "not-writable": _("Le champ n’existe pas ou ne s’écrit pas."),
    "not-a-choice": _("La valeur n’est pas parmi celles qui sont possibles."),
    "out-of-bounds": _("Le nombre est hors des bornes."),
    "unknown-reference": _("Un identifiant ne désigne rien dans ce cabinet."),
    "offset-missing": _("L’instant est sans décalage horaire."),
    "if-match-needed": _("Modifier et supprimer demandent If-Match."),
    "stale": _("La ressource a changé depuis la version lue (en-tête ETag)."),
    "in-use": _("Autre chose en a encore besoin."),
    "idempotency-key-reused": _("La même clé a servi pour un autre corps."),
    "idempotency-in-progress": _("La première demande est encore en cours."),
    "cursor-not-valid": _("Le curseur ne vient pas de « next »."),
    "rate-limited": _("Trop de demandes avec cette clé (en-tête Retry-After)."),
}


def explain_codes(codes: dict[str, Any]) -> None:
    """Add the codes of an app's rules to those that are explained."""
    _CODES.update(codes)


def codes() -> dict[str, Any]:
    """Every code and what it means."""
    return dict(_CODES)
