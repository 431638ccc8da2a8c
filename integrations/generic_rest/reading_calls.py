"""The calls of a description: method, path, query, body, and which placeholders each may hold."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.generic_rest.checking import Checked
from integrations.generic_rest.description import Call
from integrations.generic_rest.templates import placeholders

METHODS = ("get", "post", "put", "patch", "delete")
TIMED = ("practitioner", "start", "end", "minutes", "seconds", "reference")
PATIENT = ("first_names", "name", "used_name", "birth_name", "birth_date", "email", "phone")
NEW_VISIT = (*TIMED, "reason", "status", *PATIENT)
# What each call may be told, and what it cannot do without.
VISIT_CALLS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "changed": (("since",), ("since",)),
    "window": (("from", "to", "practitioner"), ("from", "to")),
    "of_reference": (("reference",), ("reference",)),
    "one": (("id",), ("id",)),
    "create": (NEW_VISIT, ("practitioner", "start", "reference")),
    "update": (("id", "version", *NEW_VISIT), ("id", "start")),
    "cancel": (("id", "version", "status", "reference"), ("id",)),
}
CLOSED_CALLS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "of_reference": (("reference",), ("reference",)),
    "create": (TIMED, ("practitioner", "start", "reference")),
    "delete": (("id",), ("id",)),
}


READING = ("list", "changed", "window", "of_reference", "one")


def read_call(inside: Checked, name: str, possible: Collection[str], wanted: Collection[str], *, needed: bool = False) -> Call | None:
    """The call of that name, `None` when it is not described."""
    part = inside.part(name, needed=needed)
    if part is None:
        return None
    method, path = _address(part)
    if name in READING and method != "get":
        part.wrong(_("ne fait que lire\u00a0: sa méthode est get."), method)
    query = {str(key): str(each) for key, each in (part.value("query") or {}).items()} if _is_query(part) else {}
    body = part.value("body")
    answer = part.path("answer")
    part.no_more()
    said = [*placeholders(path), *placeholders(query), *placeholders(body)]
    _check(part, said, possible, wanted)
    return Call(method.upper(), path, query, body, answer)


def _address(part: Checked) -> tuple[str, str]:
    """The one method that is named, and its path."""
    named = [method for method in METHODS if method in part.values]
    part.asked.update(METHODS)
    if len(named) != 1:
        part.wrong(_("nommez une seule méthode (%(names)s) avec son chemin.") % {"names": ", ".join(METHODS)})
        return "get", "/"
    path = part.text(named[0])
    if path and not path.startswith("/"):
        part.wrong(_("le chemin commence par «\u00a0/\u00a0»\u00a0; il suit l’adresse de la connexion."), named[0])
    return named[0], path


def _is_query(part: Checked) -> bool:
    query = part.value("query")
    if query is None:
        return False
    if not isinstance(query, dict) or not all(isinstance(each, str) for each in query.values()):
        part.wrong(_("doit être un objet de textes."), "query")
        return False
    return True


def _check(part: Checked, said: Collection[str], possible: Collection[str], wanted: Collection[str]) -> None:
    for name in dict.fromkeys(said):
        if name not in possible:
            words: dict[str, Any] = {"name": name, "names": ", ".join(f"{{{each}}}" for each in possible) or _("aucune")}
            part.wrong(_("{%(name)s} ne peut pas être dit ici. Valeurs possibles\u00a0: %(names)s.") % words)
    for name in wanted:
        if name not in said:
            part.wrong(_("doit dire {%(name)s}, dans le chemin, «\u00a0query\u00a0» ou «\u00a0body\u00a0».") % {"name": name})
