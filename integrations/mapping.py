"""The owner says who is who and what is what on a platform."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.acts import note_act
from integrations.connecting import map_practitioner, map_reason
from integrations.models import ActKind, Connection, Mode
from integrations.pulling import watch
from medidesk.errors import Refused

Choices = Mapping[str, UUID | None]


@transaction.atomic
def save_mappings(connection: Connection, *, practitioners: Choices, reasons: Choices, actor: Actor, now: datetime) -> int:
    """Keep what is chosen for each of their ids, `None` for nobody; answers how many changed. What waited for it is applied by a worker.

    Raises Refused (`practitioner-twice`, `unknown-reference`).
    """
    chosen = [ours for ours in practitioners.values() if ours is not None]
    if len(chosen) != len(set(chosen)):
        raise Refused(_("Un praticien ne peut être relié qu’à un seul agenda de la plateforme."), code="practitioner-twice")
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    changed = _practitioners(row, practitioners, now) + _reasons(row, reasons)
    if changed:
        note_act(row, ActKind.MAPPED, actor=actor, now=now, detail=str(changed))
        if row.mode != Mode.OFF:
            watch(row, now)
    return changed


def _practitioners(row: Connection, wanted: Choices, now: datetime) -> int:
    known = dict(row.practitioners.values_list("external_id", "practitioner_id"))
    differing = {theirs: ours for theirs, ours in wanted.items() if known.get(theirs) != ours}
    row.practitioners.filter(external_id__in=[theirs for theirs, ours in differing.items() if ours is None]).delete()
    for theirs, ours in differing.items():
        if ours is not None:
            map_practitioner(row, ours, theirs, now=now)
    return len(differing)


def _reasons(row: Connection, wanted: Choices) -> int:
    known = dict(row.reason_mappings.values_list("external_id", "visit_reason_id"))
    differing = {theirs: ours for theirs, ours in wanted.items() if known.get(theirs) != ours}
    row.reason_mappings.filter(external_id__in=[theirs for theirs, ours in differing.items() if ours is None]).delete()
    for theirs, ours in differing.items():
        if ours is not None:
            map_reason(row, ours, theirs)
    return len(differing)
