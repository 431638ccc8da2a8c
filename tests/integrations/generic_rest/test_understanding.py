"""A description is understood, or every mistake is told with its line."""

import json
from typing import Any

import pytest

from integrations.generic_rest.errors import DescriptionNotValid
from integrations.generic_rest.shipped import shipped_text
from integrations.generic_rest.understanding import understand
from integrations.speaking.base import Capability
from integrations.speaking.vocabulary import VisitStatus

START = '"start": ""'
CLICKDOC = shipped_text("clickdoc")


def changed(text: str = CLICKDOC, **values: Any) -> str:
    """The description with other values at these places, `visits__items` for `visits.items`; `None` takes one away."""
    whole = json.loads(text)
    for place, value in values.items():
        *way, last = place.split("__")
        here = whole
        for name in way:
            here = here[name]
        here[last] = value
        if value is None:
            del here[last]
    return json.dumps(whole, indent=2, ensure_ascii=False)


def problems(text: str) -> list[str]:
    """What is wrong, as people read it."""
    with pytest.raises(DescriptionNotValid) as refused:
        understand(text)
    assert refused.value.code == "wire-not-valid"
    return [str(each).replace("\u00a0", " ") for each in refused.value.problems]


def line_of(text: str, wanted: str) -> int:
    """The number of the first line with this in it."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if wanted in line)


# --- what is understood -------------------------------------------------------------------------------------------------


def test_what_a_platform_can_do_follows_from_the_calls():
    reads = Capability.PULL_BY_CURSOR | Capability.SNAPSHOT | Capability.LOOK_UP
    writes = Capability.WRITE_VISITS | Capability.UPDATE_VISITS | Capability.CANCEL | Capability.WRITE_BUSY

    found = {name: understand(shipped_text(name)).capabilities for name in ("clickdoc", "docorga", "medoucine")}

    told = reads | writes | Capability.WEBHOOKS
    assert found == {"clickdoc": told, "docorga": told, "medoucine": reads | Capability.WRITE_BUSY}


@pytest.mark.parametrize("part", ["visits", "closed_times"])
def test_without_a_call_by_reference_what_was_written_is_not_found_again(part):
    found = understand(changed(**{f"{part}__of_reference": None}))

    assert Capability.LOOK_UP not in found.capabilities


def test_without_a_call_to_create_nothing_is_written():
    found = understand(changed(visits__create=None, visits__update=None, visits__cancel=None, visits__of_reference=None, closed_times=None))

    assert not found.capabilities & (Capability.WRITE_VISITS | Capability.UPDATE_VISITS | Capability.CANCEL | Capability.WRITE_BUSY)


def test_several_words_may_mean_one_status_and_the_first_is_written():
    found = understand(changed(visits__statuses__confirmed=["BOOKED", "Arrived"]))

    assert (found.statuses["arrived"], found.said[VisitStatus.CONFIRMED]) == (VisitStatus.CONFIRMED, "BOOKED")


# --- what is not ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ('{\n  "times": utc\n}', 2),
        ('{\n  "times": "utc",\n}', 3),
        ('{"times": "utc"', 1),
        ("[]", 1),
        ("[" * 5000, 1),
        ("{}" + " " * 30_000, 1),
    ],
)
def test_what_is_no_json_says_where(text: str, line: int):
    [said] = problems(text)

    assert said.startswith(f"Ligne {line} : ")


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines():
    text = changed(times="UTC", visits__fields__start="", visits__paging__size=0, webhooks__kind="event type")

    assert problems(text) == [
        f"Ligne {line_of(text, 'UTC')}, times : doit être l’un de : utc, offset, local, epoch.",
        f"Ligne {line_of(text, 'size_name') + 1}, visits.paging.size : doit être un nombre entier de 1 à 1000.",
        f"Ligne {line_of(text, START)}, visits.fields.start : doit être un texte de 1 à 200 caractères.",
        f"Ligne {line_of(text, 'event type')}, webhooks.kind : n’est pas un chemin : des noms séparés par des points, sans espace.",
    ]


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"visits": None}, "Ligne 1", "« visits » est à donner."),
        ({"visits": "x"}, "visits", "doit être un objet"),
        ({"practitioners__list": None}, "practitioners", "« list » est à donner."),
        ({"visits__window": None}, "visits", "« window » est à donner."),
        ({"colour": "red"}, "colour", "n’est pas connu ici. Noms possibles : authentication, closed_times"),
        ({"visits__fields__colour": "red"}, "visits.fields.colour", "n’est pas connu ici"),
        ({"visits__one": {"get": "appointments/{id}"}}, "visits.one.get", "commence par « / »"),
        ({"visits__one": {"get": "/appointments"}}, "visits.one", "doit dire {id}"),
        ({"visits__one": {"get": "/a/{id}", "post": "/b"}}, "visits.one", "nommez une seule méthode"),
        ({"visits__one": {"post": "/a/{id}"}}, "visits.one.post", "sa méthode est get"),
        ({"visits__changed__query": {"since": "{from}"}}, "visits.changed", "{from} ne peut pas être dit ici"),
        ({"visits__changed__query": "since"}, "visits.changed.query", "doit être un objet de textes"),
        ({"visits__cancel": None}, "visits.create", "demande aussi : cancel."),
        ({"visits__create": None, "visits__cancel": None, "visits__of_reference": None}, "visits.update", "demande aussi : create, cancel"),
        ({"visits__fields__reference": None}, "visits.fields", "« reference » est à donner"),
        ({"visits__fields__end": "end"}, "visits.fields", "par un seul de : end, minutes, seconds"),
        ({"visits__statuses__cancelled": None}, "visits.statuses", "« cancelled » est à donner."),
        ({"visits__statuses__done": "booked"}, "visits.statuses.done", "a déjà un autre sens"),
        ({"visits__paging__complete": None}, "visits.paging", "une page coupée passerait pour des annulations"),
        ({"visits__paging__next": None}, "visits.paging", "« next » est à donner."),
        ({"closed_times__delete": None}, "closed_times.create", "demande aussi : delete."),
        ({"authentication": {"scheme": "header"}}, "authentication", "« header » est à donner."),
        ({"authentication": {"scheme": "header", "header": "Host"}}, "authentication.header", "n’est pas un nom d’en-tête"),
        ({"idempotency": "X Request"}, "idempotency", "n’est pas un nom d’en-tête"),
        ({"refusals": {"taken": {}}}, "refusals.taken", "doit être une liste"),
        ({"refusals": {"taken": [1]}}, "refusals.taken.0", "doit être un objet"),
        ({"refusals": {"taken": [{"status": 429}]}}, "refusals.taken.0.status", "a déjà un sens"),
        ({"refusals": {"taken": [{"status": 409, "path": "code"}]}}, "refusals.taken.0", "« path » et « says » vont ensemble"),
        ({"webhooks__event_id": None}, "webhooks", "« event_id » est à donner."),
        ({"webhooks__kinds__APPOINTMENT_BOOKED": "new"}, "webhooks.kinds.APPOINTMENT_BOOKED", "told, cancelled, ignored"),
        ({"webhooks__subscribe": {"post": "/webhooks", "body": {"to": "{url}"}}}, "webhooks.subscribe", "doit dire {secret}"),
        ({"number_ids": "yes"}, "number_ids", "true ou false"),
    ],
)
def test_each_mistake_says_its_place_and_what_to_do(changes: dict[str, Any], place: str, said: str):
    assert any(place in each and said in each for each in problems(changed(**changes)))


def test_a_name_that_stands_twice_is_told():
    text = CLICKDOC.replace('"times": "utc",', '"times": "utc",\n  "times": "local",')

    assert problems(text) == [f"Ligne {line_of(text, 'local')}, times : ce nom est déjà donné."]
