"""Opening an agenda to a colleague, or to everybody of one role, and closing it again."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.models import OpenedAgenda, Practitioner, RightsEntry
from agenda.setup.bounds import impossible
from agenda.setup.saving import NoSuchRow, known
from medidesk.accounts.models import User
from medidesk.cabinets.current import current_zone


@transaction.atomic
def open_agenda(
    *, practitioner_id: UUID, user_id: UUID | None = None, role: str = "", until: date | None = None, actor: Actor, now: datetime
) -> OpenedAgenda:
    """Let one person (or everybody of `role`) see the agenda, until that day included; opening again changes the day.

    Raises UnknownReference, or Refused for somebody whom this cannot concern or a day that is over.
    """
    known(Practitioner, [practitioner_id], "/practitioner", each=False)
    _check_whom(user_id, role)
    if until is not None and until < now.astimezone(current_zone()).date():
        raise impossible("ends-in-the-past", _("Ce jour est déjà passé."), "/until")
    row, _made = OpenedAgenda.objects.update_or_create(
        practitioner_id=practitioner_id, user_id=user_id, role=role, defaults={"until": until, "opened_by": actor.name, "opened_at": now}
    )
    _record("agenda-opened", row, actor, now)
    return row


@transaction.atomic
def close_agenda(row_id: int, *, actor: Actor, now: datetime) -> None:
    """Take the view back, at once. Raises NoSuchRow."""
    row = OpenedAgenda.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise NoSuchRow
    _record("agenda-closed", row, actor, now)
    row.delete()


def _check_whom(user_id: UUID | None, role: str) -> None:
    """Exactly one of a person who works here without seeing everything, and a role that does not."""
    if user_id is None and role in OpenedAgenda.ROLES:
        return
    if user_id is not None and not role and User.objects.filter(pk=user_id, is_active=True, role__in=OpenedAgenda.ROLES).exists():
        return
    raise impossible("unknown-reader", _("Choisissez à qui ouvrir cet agenda."), "/reader")


def _record(act: str, row: OpenedAgenda, actor: Actor, now: datetime) -> None:
    details = {
        "practitioner": str(row.practitioner_id), "user": str(row.user_id or ""), "role": row.role, "until": str(row.until or ""),
    }  # fmt: skip
    RightsEntry.objects.create(at=now, by=actor.name, act=act, details=details)
