"""Sharing one's taken time with one's other cabinets on the platform: switched on and off per practitioner, each cabinet for itself."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.models import Practitioner, RightsEntry
from agenda.setup.bounds import impossible
from agenda.setup.practitioners import rpps_checked
from agenda.setup.saving import NoSuchRow
from agenda.sharing import say_again
from medidesk.db.locks import lock_until_commit
from medidesk.shared_time import ranges


@transaction.atomic
def share_time(practitioner_id: UUID, *, agreed: bool, actor: Actor, now: datetime) -> int:
    """From now on the visits of this practitioner close their time in the other cabinets that share it, and theirs here.

    Answers how many of the visits to come overlap another cabinet's: these stay, for a person to settle.
    Raises NoSuchRow, or Refused: `consent-missing` unless the practitioner has `agreed`, `rpps-not-valid` as only the national number
    says that two practitioners are one person.
    """
    if not agreed:
        raise impossible("consent-missing", _("Il faut l’accord du praticien pour partager son occupation."), "/practitioner_agrees")
    row = _locked(practitioner_id)
    if not rpps_checked(row.rpps):
        raise impossible("rpps-not-valid", _("Il faut un numéro RPPS valide pour reconnaître ce praticien dans un autre cabinet."), "/rpps")
    _set(row, True, now)
    _record("sharing-on", row, actor, now)
    return say_again([row.pk], now)


@transaction.atomic
def stop_sharing(practitioner_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Nothing of this practitioner is said any more; the other cabinets' time is looked at no more. Raises NoSuchRow."""
    row = _locked(practitioner_id)
    _set(row, False, now)
    _record("sharing-off", row, actor, now)
    if row.rpps:
        key = ranges.person_key(row.rpps)
        ranges.lock_people([key])
        ranges.release_all(connection.schema_name, key)


def _locked(practitioner_id: UUID) -> Practitioner:
    """The lock first: who books waits until the switch and the visits to come are written together."""
    lock_until_commit([practitioner_id])
    row = Practitioner.objects.select_for_update(no_key=True).filter(pk=practitioner_id, deleted_at=None).first()
    if row is None:
        raise NoSuchRow
    return row


def _set(row: Practitioner, shares: bool, now: datetime) -> None:
    """`update` rather than `save`: what follows a saved practitioner is done here once."""
    Practitioner.objects.filter(pk=row.pk).update(shares_time=shares, updated_at=now, version=row.version + 1)


def _record(act: str, row: Practitioner, actor: Actor, now: datetime) -> None:
    RightsEntry.objects.create(at=now, by=actor.name, act=act, details={"practitioner": str(row.pk)})
