"""Reading one part of a description: each question answers the value, or notes in French what is wrong and on which line."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from integrations.generic_rest.errors import Problem
from integrations.generic_rest.lines import Lines, Place
from integrations.generic_rest.paths import PATH

LONGEST_TEXT = 200
HEADER = re.compile(r"[A-Za-z0-9-]+")
NOT_OURS = ("host", "connection", "content-length", "content-type", "transfer-encoding")


class Checked:
    """An object of the description. What is never asked about is a name that is not known."""

    def __init__(self, values: Mapping[str, Any], place: Place, lines: Lines, problems: list[Problem]) -> None:
        self.values = values
        self.place = place
        self.lines = lines
        self.problems = problems
        self.asked: set[str] = set()

    def wrong(self, text: str, *names: str | int) -> None:
        """Note that this, or what lies under these names, is wrong."""
        place = (*self.place, *names)
        self.problems.append(Problem(self.lines.line(place), ".".join(map(str, place)), text))

    def value(self, name: str, *, needed: bool = False) -> Any:
        """Whatever is there."""
        self.asked.add(name)
        found = self.values.get(name)
        if found is None and needed:
            self.wrong(_("«\u00a0%(name)s\u00a0» est à donner.") % {"name": name})
        return found

    def part(self, name: str, *, needed: bool = False) -> "Checked | None":
        """An object inside."""
        found = self.value(name, needed=needed)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.wrong(_("doit être un objet, entre accolades."), name)
            return None
        return Checked(found, (*self.place, name), self.lines, self.problems)

    def parts(self, name: str) -> "Iterator[Checked]":
        """The objects of a list."""
        found = self.value(name)
        if found is not None and not isinstance(found, list):
            self.wrong(_("doit être une liste, entre crochets."), name)
            return
        for index, each in enumerate(found or []):
            if isinstance(each, dict):
                yield Checked(each, (*self.place, name, index), self.lines, self.problems)
            else:
                self.wrong(_("doit être un objet, entre accolades."), name, index)

    def text(self, name: str, *, needed: bool = False) -> str:
        """A text, empty when it is missing."""
        found = self.value(name, needed=needed)
        if found is None:
            return ""
        if not isinstance(found, str) or not 0 < len(found) <= LONGEST_TEXT or not found.isprintable():
            self.wrong(_("doit être un texte de 1 à %(n)s caractères.") % {"n": LONGEST_TEXT}, name)
            return ""
        return found

    def choice(self, name: str, possible: Collection[str], default: str = "") -> str:
        """One of some words; `default` when it is missing, needed where there is none."""
        found = self.value(name, needed=not default)
        if found is None:
            return default
        if not isinstance(found, str) or found not in possible:
            self.wrong(_("doit être l’un de\u00a0: %(names)s.") % {"names": ", ".join(possible)}, name)
            return default
        return found

    def path(self, name: str, *, needed: bool = False) -> str:
        """The path to a value in the platform's JSON."""
        found = self.text(name, needed=needed)
        if found and not PATH.fullmatch(found):
            self.wrong(_("n’est pas un chemin\u00a0: des noms séparés par des points, sans espace."), name)
            return ""
        return found

    def header(self, name: str, *, needed: bool = False) -> str:
        """The name of a header that is ours to set."""
        found = self.text(name, needed=needed)
        if found and (not HEADER.fullmatch(found) or found.lower() in NOT_OURS):
            self.wrong(_("n’est pas un nom d’en-tête HTTP qui puisse être donné."), name)
            return ""
        return found

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number between two bounds."""
        found = self.value(name)
        if found is None:
            return default
        if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
            self.wrong(_("doit être un nombre entier de %(low)s à %(high)s.") % {"low": low, "high": high}, name)
            return default
        return found

    def flag(self, name: str) -> bool:
        """Yes or no."""
        found = self.value(name)
        if found is not None and not isinstance(found, bool):
            self.wrong(_("doit être true ou false."), name)
        return found is True

    def texts(self, name: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        found = self.value(name)
        listed = [] if found is None else found if isinstance(found, list) else [found]
        if not all(isinstance(each, str) and 0 < len(each) <= LONGEST_TEXT for each in listed):
            self.wrong(_("doit être un texte, ou une liste de textes."), name)
            return ()
        return tuple(listed)

    def no_more(self) -> None:
        """Whatever was not asked about is not known."""
        for name in self.values:
            if name not in self.asked:
                words = {"names": ", ".join(sorted(self.asked))}
                self.wrong(_("n’est pas connu ici. Noms possibles\u00a0: %(names)s.") % words, name)
