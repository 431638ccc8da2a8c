"""Why a description cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.errors import Refused as PlatformRefused
from medidesk.errors import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the line, the place (`visits.create.body`), and what is to be done."""

    line: int
    place: str
    text: str

    def __str__(self) -> str:
        where = _("Ligne %(line)s, %(place)s") if self.place else _("Ligne %(line)s")
        return _("%(where)s\u00a0: %(text)s") % {"where": where % {"line": self.line, "place": self.place}, "text": self.text}


class DescriptionNotValid(Refused, PlatformRefused):
    """The text describes no wire; `problems` say where and why, in the order of its lines. To who asks the platform nevertheless, it is a
    refusal of the platform."""

    code = "wire-not-valid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: each.line))
        super().__init__(" ".join(map(str, self.problems)))
