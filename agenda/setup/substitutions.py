"""Substitutions: who works in place of whom, from which day to which, and ending one before its day.

Each act is kept (`RightsEntry`): a right that somebody had can be traced after it has ended.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.models import Practitioner, RightsEntry, Substitution
from agenda.setup import saving
from agenda.setup.bounds import impossible
from agenda.setup.saving import Kind, Values, known
from medidesk.cabinets.current import current_zone
from medidesk.errors import Conflicting

DEFAULTS: dict[str, Any] = {"practitioner": None, "substitute": None, "first_day": None, "last_day": None}
LONGEST = timedelta(days=366)


class SubstitutionOver(Conflicting):
    """It has ended already."""

    code = "substitution-over"

    def __init__(self) -> None:
        super().__init__(_("Ce remplacement est déjà terminé."))


def values_of(row: Substitution) -> Values:
    """The substitution under its names on the wire."""
    return {
        "practitioner": row.practitioner_id, "substitute": row.substitute_id, "first_day": row.first_day, "last_day": row.last_day,
    }  # fmt: skip


def columns_of(values: Values) -> Values:
    """The checked columns."""
    known(Practitioner, [values["practitioner"]], "/practitioner", each=False)
    known(Practitioner, [values["substitute"]], "/substitute", each=False)
    if values["practitioner"] == values["substitute"]:
        raise impossible("same-practitioner", _("Un praticien ne se remplace pas lui-même."), "/substitute")
    if values["last_day"] < values["first_day"]:
        raise impossible("ends-before-start", _("Le dernier jour doit suivre le premier."), "/last_day")
    if values["last_day"] - values["first_day"] >= LONGEST:
        raise impossible("out-of-bounds", _("Un remplacement dure un an au plus."), "/last_day")
    return {
        "practitioner_id": values["practitioner"], "substitute_id": values["substitute"], "first_day": values["first_day"],
        "last_day": values["last_day"],
    }  # fmt: skip


SUBSTITUTIONS = Kind(Substitution, DEFAULTS, values_of, columns_of)


@transaction.atomic
def arrange_substitution(values: Values, *, actor: Actor, now: datetime) -> Substitution:
    """Grant it. Raises UnknownReference, or Refused for days that are over, out of order, or already granted to the same person."""
    row = saving.create(SUBSTITUTIONS, values, now=now)
    if row.last_day < now.astimezone(current_zone()).date():
        raise impossible("ends-in-the-past", _("Ce remplacement serait déjà terminé."), "/last_day")
    _refuse_repeats(row)
    row.arranged_by = actor.name
    row.save(update_fields=["arranged_by"])
    _record("substitution-arranged", row, actor, now)
    return row


@transaction.atomic
def change_substitution(row_id: UUID, changes: Values, *, actor: Actor, now: datetime, expected_version: int | None = None) -> Substitution:
    """Change its days or its people. Raises SubstitutionOver, NoSuchRow, StaleRow, and what `arrange_substitution` raises."""
    row = saving.change(SUBSTITUTIONS, row_id, changes, now=now, expected_version=expected_version)
    if row.ended_at is not None:
        raise SubstitutionOver
    _refuse_repeats(row)
    _record("substitution-changed", row, actor, now)
    return row


@transaction.atomic
def end_substitution(row_id: UUID, *, actor: Actor, now: datetime) -> Substitution:
    """End it at this instant: what it allowed ends with the transaction. Raises NoSuchRow, SubstitutionOver."""
    row = Substitution.objects.select_for_update().filter(pk=row_id, deleted_at=None).first()
    if row is None:
        raise saving.NoSuchRow
    if row.ended_at is not None or row.last_day < now.astimezone(current_zone()).date():
        raise SubstitutionOver
    row.ended_at = row.updated_at = now
    row.version += 1
    row.save(update_fields=["ended_at", "updated_at", "version"])
    _record("substitution-ended", row, actor, now)
    return row


@transaction.atomic
def withdraw_substitution(row_id: UUID, *, actor: Actor, now: datetime, expected_version: int | None = None) -> None:
    """Take it back altogether. Raises NoSuchRow, StaleRow."""
    saving.delete(SUBSTITUTIONS, row_id, now=now, expected_version=expected_version)
    _record("substitution-withdrawn", Substitution.objects.get(pk=row_id), actor, now)


def _refuse_repeats(row: Substitution) -> None:
    """The same two people, on the same days, once."""
    same = Substitution.objects.filter(practitioner=row.practitioner_id, substitute=row.substitute_id, deleted_at=None, ended_at=None)
    if same.exclude(pk=row.pk).filter(first_day__lte=row.last_day, last_day__gte=row.first_day).exists():
        raise impossible("already-replaced", _("Ce remplacement existe déjà pour ces jours."), "/first_day")


def _record(act: str, row: Substitution, actor: Actor, now: datetime) -> None:
    details = {name: str(value) for name, value in values_of(row).items()} | {"substitution": str(row.pk)}
    RightsEntry.objects.create(at=now, by=actor.name, act=act, details=details)
