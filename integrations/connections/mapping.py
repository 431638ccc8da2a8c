"""The owner says who is who and what is what on a platform, and what is not to be related."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agenda.actors import Actor
from integrations.comparison.pulling import watch
from integrations.connections.acts import note_act
from integrations.connections.connecting import leave_alone, map_practitioner, map_reason, map_site
from integrations.connections.reason_filling import fill_reasons
from integrations.models import ActKind, Connection, LeftAlone, Mode, There
from medidesk.errors import Refused


class Decision(Enum):
    """What can be chosen instead of one of ours."""

    LEAVE = "leave"


Choice = UUID | Decision | None
Choices = Mapping[str, Choice]


@transaction.atomic
def save_mappings(
    connection: Connection, *, practitioners: Choices, reasons: Choices, sites: Choices | None = None, actor: Actor, now: datetime
) -> int:
    """Keep what is chosen for each of their ids, `None` for not yet; answers how many changed. What waited for it is applied by a worker;
    visits to come that had no reason for want of it are given theirs.

    Raises Refused (`practitioner-twice`, `unknown-reference`).
    """
    chosen = [ours for ours in practitioners.values() if isinstance(ours, UUID)]
    if len(chosen) != len(set(chosen)):
        raise Refused(_("Un praticien ne peut être relié qu’à un seul agenda de la plateforme."), code="practitioner-twice")
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    people, things, places = _practitioners(row, practitioners, now), _reasons(row, reasons, now), _sites(row, sites or {}, now)
    changed = len(people) + len(things) + len(places)
    if changed:
        note_act(row, ActKind.MAPPED, actor=actor, now=now, detail=str(changed))
        fill_reasons(row, {theirs for theirs, ours in things.items() if isinstance(ours, UUID)}, actor=actor, now=now)
        if row.mode != Mode.OFF:
            watch(row, now)
    return changed


def _practitioners(row: Connection, wanted: Choices, now: datetime) -> Choices:
    return _decide(row, There.PRACTITIONER, row.practitioners.all(), "practitioner_id", wanted, partial(map_practitioner, now=now), now)


def _reasons(row: Connection, wanted: Choices, now: datetime) -> Choices:
    return _decide(row, There.REASON, row.reason_mappings.all(), "visit_reason_id", wanted, map_reason, now)


def _sites(row: Connection, wanted: Choices, now: datetime) -> Choices:
    return _decide(row, There.SITE, row.site_mappings.all(), "site_id", wanted, map_site, now)


def _decide(
    row: Connection, kind: There, related: QuerySet, ours_in: str, wanted: Choices,
    relate: Callable[[Connection, UUID, str], None], now: datetime,
) -> Choices:  # fmt: skip
    """Make the relations of one kind what is wanted; answers what differed. `related`: those of now, our id in their field `ours_in`."""
    differing = _differing(row, kind, dict(related.values_list("external_id", ours_in)), wanted)
    related.filter(external_id__in=[theirs for theirs, ours in differing.items() if not isinstance(ours, UUID)]).delete()
    for theirs, ours in differing.items():
        if isinstance(ours, UUID):
            relate(row, ours, theirs)
    _leave(row, kind, differing, now)
    return differing


def _differing(row: Connection, kind: There, related: Mapping[str, UUID], wanted: Choices) -> Choices:
    left = dict.fromkeys(row.left_alone.filter(kind=kind).values_list("external_id", flat=True), Decision.LEAVE)
    known: dict[str, Choice] = {**left, **related}
    return {theirs: ours for theirs, ours in wanted.items() if known.get(theirs) != ours}


def _leave(row: Connection, kind: There, differing: Choices, now: datetime) -> None:
    """Those left alone are; those of whom nothing is said any more are open again."""
    LeftAlone.objects.filter(
        connection=row, kind=kind, external_id__in=[theirs for theirs, ours in differing.items() if ours is None]
    ).delete()
    for theirs, ours in differing.items():
        if ours is Decision.LEAVE:
            leave_alone(row, kind, theirs, now=now)
