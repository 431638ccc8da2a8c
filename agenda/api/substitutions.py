"""Substitutions over REST: as the other set-up tables, each act signed by the key and kept."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from agenda.api.appointments import actor_of
from agenda.api.setup import Shown, Table
from agenda.api.shapes import SHAPES
from agenda.setup import substitutions
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Answer, Call
from medidesk.api.fields import Field
from medidesk.api.kinds import Day, Id
from medidesk.api.paging import page
from medidesk.api.shapes import Shape

explain_codes(
    {
        "substitution-over": _("Le remplacement est déjà terminé."),
        "already-replaced": _("Le même remplacement existe déjà pour ces jours."),
        "same-practitioner": _("Un praticien ne se remplace pas lui-même."),
        "ends-in-the-past": _("Le dernier jour est déjà passé."),
    }
)

SHAPES["substitutions"] = Shape(
    "Substitution",
    (
        Field("practitioner", Id("practitioners"), doc="qui est remplacé"),
        Field("substitute", Id("practitioners"), doc="qui remplace"),
        Field("first_day", Day()),
        Field("last_day", Day(), doc="inclus ; les droits finissent avec lui"),
    ),
    shown={"ended_at": {"type": ["string", "null"], "format": "date-time"}},
)


@dataclass(frozen=True)
class SubstitutionTable(Table):
    """Its verbs know who asks; `ended_at` tells of one that was ended before its day."""

    def render(self, rows: list[Any]) -> list[Shown]:
        """The JSON of each row."""
        return [{**super(SubstitutionTable, self)._render_one(row), "ended_at": row.ended_at} for row in rows]

    def list(self, call: Call) -> Answer:
        """One page."""
        return page(call, self.kind.model._default_manager.all(), self.render)

    def get(self, call: Call) -> Answer:
        """One row."""
        return self._answer(call.subject)

    def create(self, call: Call) -> Answer:
        """A new substitution."""
        row = substitutions.arrange_substitution(call.body, actor=actor_of(call), now=call.now)
        return self._answer(row, 201, location=f"/api/v1/{self.route}/{row.id}")

    def change(self, call: Call) -> Answer:
        """Other days, or other people."""
        row = substitutions.change_substitution(
            call.subject.id, call.body, actor=actor_of(call), now=call.now, expected_version=call.expected_version
        )
        return self._answer(row)

    def delete(self, call: Call) -> Answer:
        """Take it back: what it allowed ends at once."""
        substitutions.withdraw_substitution(
            call.subject.id, actor=actor_of(call), now=call.now, expected_version=call.expected_version
        )  # fmt: skip
        return Answer(204)

    def _answer(self, row: Any, status: int = 200, *, location: str = "") -> Answer:
        return Answer.json(self.render([row])[0], status, version=row.version, location=location)


SUBSTITUTIONS = SubstitutionTable("substitutions", substitutions.SUBSTITUTIONS, "remplacements", ("settings:read",))
