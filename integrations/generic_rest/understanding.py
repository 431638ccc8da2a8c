"""A JSON text understood as the description of a wire, or everything that is wrong with it at once."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.generic_rest.checking import Checked
from integrations.generic_rest.description import Authentication, Call, Description, Names, Paging, Part, Refusal, Signature, Webhooks
from integrations.generic_rest.errors import DescriptionNotValid, Problem
from integrations.generic_rest.lines import Lines
from integrations.generic_rest.reading_calls import CLOSED_CALLS, VISIT_CALLS, read_call
from integrations.speaking.vocabulary import VisitStatus

LARGEST = 30_000
TIMES = ("utc", "offset", "local", "epoch")
LENGTHS = ("end", "minutes", "seconds")
TIMED_FIELDS = ("id", "practitioner", "start", *LENGTHS, "reference")
VISIT_FIELDS = (
    *TIMED_FIELDS, "reason", "status", "version", "changed_at", "practitioner_name",
    "patient_id", "first_names", "used_name", "birth_name", "birth_date", "email", "phone",
)  # fmt: skip
TELLING = ("told", "cancelled", "ignored")
# Key refused, over quota, slow down, cursor gone: the same for all platforms (`integrations/speaking/wire.py`).
SPOKEN_FOR = (401, 402, 403, 408, 410, 425, 429)
NOWHERE = Call("GET", "/")


def understand(text: str) -> Description:
    """The description that the text is. Raises DescriptionNotValid with every problem and its line."""
    values, lines = _json(text)
    problems: list[Problem] = []
    whole = Checked(values, (), lines, problems)
    for place in lines.doubled:
        problems.append(Problem(lines.line(place), ".".join(map(str, place)), _("ce nom est déjà donné.")))
    found = _description(whole)
    if problems or found is None:
        raise DescriptionNotValid(problems)
    return found


def _json(text: str) -> tuple[dict[str, Any], Lines]:
    if len(text) > LARGEST:
        raise DescriptionNotValid([Problem(1, "", _("la description dépasse %(n)s caractères.") % {"n": LARGEST})])
    try:
        values = json.loads(text)
        if isinstance(values, dict):
            return values, Lines(text)
    except json.JSONDecodeError as problem:
        words = {"column": problem.colno, "found": _found(text, problem.pos)}
        said = _("ce n’est plus du JSON à la colonne %(column)s, devant %(found)s. Vérifiez guillemets, virgules et accolades.") % words
        raise DescriptionNotValid([Problem(problem.lineno, "", said)]) from problem
    except RecursionError as problem:
        raise DescriptionNotValid([Problem(1, "", _("les objets sont trop emboîtés."))]) from problem
    raise DescriptionNotValid([Problem(1, "", _("la description est un objet, entre accolades."))])


def _found(text: str, position: int) -> str:
    rest = text[position:].strip().split("\n")[0][:20].strip()
    return f"«\u00a0{rest}\u00a0»" if rest else _("la fin du texte")


def _description(whole: Checked) -> Description | None:
    authentication, times = _authentication(whole), whole.choice("times", TIMES)
    practitioners, reasons = _names(whole, "practitioners", needed=True), _names(whole, "reasons")
    visits, closed_times = whole.part("visits", needed=True), _closed_times(whole)
    refusals, webhooks = _refusals(whole), _webhooks(whole)
    idempotency, number_ids = whole.header("idempotency"), whole.flag("number_ids")
    whole.no_more()
    if visits is None or practitioners is None:
        return None
    statuses, said = _statuses(visits)
    return Description(
        authentication=authentication,
        times=times,
        practitioners=practitioners,
        reasons=reasons,
        paging=_paging(visits),
        visits=_visits(visits),
        statuses=statuses,
        said=said,
        closed_times=closed_times,
        refusals=refusals,
        webhooks=webhooks,
        idempotency=idempotency,
        number_ids=number_ids,
    )


def _authentication(whole: Checked) -> Authentication:
    part = whole.part("authentication", needed=True)
    if part is None:
        return Authentication("bearer")
    scheme = part.choice("scheme", ("bearer", "basic", "header"))
    header = part.header("header", needed=scheme == "header")
    part.no_more()
    return Authentication(scheme, header)


def _names(whole: Checked, name: str, *, needed: bool = False) -> Names | None:
    part = whole.part(name, needed=needed)
    if part is None:
        return None
    call = read_call(part, "list", (), (), needed=True)
    items, key, label = (part.path(each, needed=True) for each in ("items", "id", "name"))
    minutes = part.path("minutes")
    part.no_more()
    return Names(call or NOWHERE, items, key, label, minutes)


def _part(part: Checked, known: Mapping[str, tuple[Collection[str], Collection[str]]], possible: Collection[str]) -> Part:
    calls = {name: read_call(part, name, may, must) for name, (may, must) in known.items()}
    items = part.path("items", needed=True)
    named = part.part("fields", needed=True)
    fields: dict[str, str] = {}
    if named is not None:
        fields = {name: named.path(name) for name in possible if name in named.values}
        for name in ("id", "practitioner", "start"):
            named.value(name, needed=True)
        named.asked.update(possible)
        named.no_more()
        if sum(name in fields for name in LENGTHS) != 1:
            named.wrong(_("dites comment finit un rendez-vous par un seul de\u00a0: %(names)s.") % {"names": ", ".join(LENGTHS)})
    return Part({name: call for name, call in calls.items() if call is not None}, items, fields)


def _visits(visits: Checked) -> Part:
    part = _part(visits, VISIT_CALLS, VISIT_FIELDS)
    for name in ("changed", "window", "one"):
        visits.value(name, needed=True)
    _all_or_none(visits, ("create", "cancel"))
    if part.can("update") and not part.can("create"):
        visits.wrong(_("demande aussi\u00a0: create, cancel."), "update")
    if part.can("create") and "reference" not in part.fields:
        visits.wrong(_("«\u00a0reference\u00a0» est à donner\u00a0: sans elle, ce qui est écrit ne se retrouve pas."), "fields")
    visits.no_more()
    return part


def _closed_times(whole: Checked) -> Part | None:
    closed = whole.part("closed_times")
    if closed is None:
        return None
    part = _part(closed, CLOSED_CALLS, TIMED_FIELDS)
    _all_or_none(closed, ("create", "delete"))
    closed.no_more()
    return part


def _all_or_none(part: Checked, names: Collection[str]) -> None:
    given = [name for name in names if part.value(name) is not None]
    if given and len(given) < len(names):
        missing = ", ".join(name for name in names if name not in given)
        part.wrong(_("«\u00a0%(given)s\u00a0» demande aussi\u00a0: %(missing)s.") % {"given": given[0], "missing": missing}, given[0])


def _statuses(visits: Checked) -> tuple[dict[str, VisitStatus], dict[VisitStatus, str]]:
    part = visits.part("statuses", needed=True)
    understood: dict[str, VisitStatus] = {}
    said: dict[VisitStatus, str] = {}
    if part is None:
        return understood, said
    for status in VisitStatus:
        words = part.texts(status.value)
        if words:
            said[status] = words[0]
        elif status in (VisitStatus.CONFIRMED, VisitStatus.CANCELLED):
            part.wrong(_("«\u00a0%(name)s\u00a0» est à donner.") % {"name": status.value})
        for word in words:
            if understood.setdefault(word.casefold(), status) != status:
                part.wrong(_("«\u00a0%(word)s\u00a0» a déjà un autre sens.") % {"word": word}, status.value)
    part.no_more()
    return understood, said


def _paging(visits: Checked) -> Paging:
    part = visits.part("paging", needed=True)
    if part is None:
        return Paging("none")
    style = part.choice("style", ("cursor", "numbers", "none"))
    found = Paging(
        style=style,
        ask=part.text("ask", needed=style in ("cursor", "numbers")),
        next=part.path("next", needed=style == "cursor"),
        first=part.number("first", 0, 1, 0),
        size_name=part.text("size_name"),
        size=part.number("size", 1, 1000, 100),
        complete=part.path("complete"),
        more=part.path("more"),
        total=part.path("total"),
    )
    if not (found.complete or found.more or found.total):
        part.wrong(_("donnez complete, more ou total\u00a0: sans cela, une page coupée passerait pour des annulations."))
    part.no_more()
    return found


def _refusals(whole: Checked) -> dict[str, tuple[Refusal, ...]]:
    part = whole.part("refusals")
    if part is None:
        return {}
    found = {}
    for name in ("taken", "changed", "cursor_gone"):
        found[name] = tuple(_refusal(each) for each in part.parts(name))
    part.no_more()
    return found


def _refusal(part: Checked) -> Refusal:
    part.value("status", needed=True)
    found = Refusal(part.number("status", 400, 499, 409), part.path("path"), part.texts("says"))
    if found.status in SPOKEN_FOR:
        part.wrong(_("ce statut a déjà un sens\u00a0: clé refusée, patience, quota ou liste expirée."), "status")
    if bool(found.path) != bool(found.says):
        part.wrong(_("«\u00a0path\u00a0» et «\u00a0says\u00a0» vont ensemble."))
    part.no_more()
    return found


def _webhooks(whole: Checked) -> Webhooks | None:
    part = whole.part("webhooks")
    if part is None:
        return None
    call = read_call(part, "subscribe", ("url", "secret"), ("url", "secret"), needed=True)
    signature = _signature(part)
    kind, visit = part.path("kind", needed=True), part.path("visit", needed=True)
    event_id, occurred_at = part.path("event_id", needed=signature.scheme == "hmac"), part.path("occurred_at")
    kinds = part.part("kinds", needed=True)
    told = {name: kinds.choice(name, TELLING) for name in kinds.values} if kinds is not None else {}
    part.no_more()
    return Webhooks(call or NOWHERE, signature, kind, visit, told, event_id, occurred_at)


def _signature(webhooks: Checked) -> Signature:
    part = webhooks.part("signature")
    if part is None:
        return Signature()
    scheme = part.choice("scheme", ("standard", "hmac"))
    if scheme != "hmac":
        part.no_more()
        return Signature()
    found = Signature(
        scheme,
        part.header("header", needed=True),
        part.text("prefix"),
        part.choice("encoding", ("hex", "base64"), "hex"),
        part.header("timestamp"),
    )
    part.no_more()
    return found
