"""Visits that a platform shows under ids nobody has seen, and that are known all the same: the platform rewrote the id and moved them.

Known by our own reference, else by asking the platform for the old id, else, where it knows that one no more, by person,
practitioner and reason when only one can be meant. In doubt nothing is merged: the old one goes, the new one comes, and the list of
conflicts says so.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.incoming.references import lock_twin, place, rename
from integrations.models import Connection, ExternalReference, FieldConflict, Kind
from integrations.speaking.base import Connector, FeedConnector, SnapshotConnector
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus

AT_ONCE = 500
Pairs = Iterator[tuple[ExternalReference, PlatformVisit]]


@dataclass(frozen=True, slots=True)
class Strangers:
    """What of one person is shown under unknown ids, and what is known of them and is not shown."""

    shown: list[PlatformVisit]
    known: list[ExternalReference]


def follow_renames(connection: Connection, connector: Connector, visits: Sequence[PlatformVisit], now: datetime) -> int:
    """Let what is known of visits follow them to their new ids, before their news is applied; answers how many.

    Two queries for 500 visits, and a call for each visit that may have been renamed. Raises the connector's errors.
    """
    if isinstance(connector, SnapshotConnector | FeedConnector):
        return 0
    followed = 0
    listed = {visit.external_id for visit in visits}
    for first in range(0, len(visits), AT_ONCE):
        for strangers in _strangers(connection, visits[first : first + AT_ONCE], listed, now):
            for old, visit in list(_pairs(connection, connector, strangers, now)):
                followed += _follow(connection, old, visit)
    return followed


def _strangers(connection: Connection, visits: Sequence[PlatformVisit], listed: set[str], now: datetime) -> Iterator[Strangers]:
    standing = {visit.external_id: visit for visit in visits if visit.status != VisitStatus.CANCELLED and visit.patient is not None}
    twins = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT)
    for known in twins.filter(external_id__in=standing).values_list("external_id", flat=True):
        del standing[known]
    by_person: dict[str, list[PlatformVisit]] = defaultdict(list)
    for visit in standing.values():
        by_person[visit.patient.fingerprint() if visit.patient else ""].append(visit)
    known_of: dict[str, list[ExternalReference]] = defaultdict(list)
    coming = twins.standing().filter(patient_hash__in=by_person, appointment__end__gt=now) if by_person else twins.none()
    for twin in coming.select_related("appointment").order_by("id"):
        if twin.external_id not in listed:
            known_of[twin.patient_hash].append(twin)
    for person, known in known_of.items():
        same = {place(twin.content) for twin in known} & {place(visit.content()) for visit in by_person[person]}
        yield Strangers(  # those in the very same place are followed as they are applied
            [visit for visit in by_person[person] if place(visit.content()) not in same],
            [twin for twin in known if place(twin.content) not in same],
        )


def _pairs(connection: Connection, connector: Connector, strangers: Strangers, now: datetime) -> Pairs:
    shown, forgotten = list(strangers.shown), []
    for twin in strangers.known:
        if not shown:
            return
        visit = next((each for each in shown if each.client_reference == str(twin.appointment_id)), None)
        if visit is None:
            current = connector.visit(twin.external_id)
            visit = next((each for each in shown if current is not None and _is_same(each, current)), None)
            if current is None:
                forgotten.append(twin)
        if visit is not None:
            shown.remove(visit)
            yield twin, visit
    for twin in forgotten:
        meant = [visit for visit in shown if _may_be(twin, visit)]
        rivals = [each for each in forgotten if meant and _may_be(each, meant[0])]
        if len(meant) == len(rivals) == 1:
            yield twin, meant[0]
        elif meant:
            _note_doubt(connection, twin, meant[0], now)


def _is_same(visit: PlatformVisit, current: PlatformVisit) -> bool:
    if current.external_id == visit.external_id:
        return True
    return (
        current.status != VisitStatus.CANCELLED and current.patient == visit.patient and place(current.content()) == place(visit.content())
    )


def _may_be(twin: ExternalReference, visit: PlatformVisit) -> bool:
    same_time = visit.content()["start"] == twin.content.get("start")
    same_reason = visit.reason == twin.content.get("reason", "")
    return visit.practitioner == twin.content.get("practitioner") and (same_reason or same_time)


@transaction.atomic
def _follow(connection: Connection, old: ExternalReference, visit: PlatformVisit) -> bool:
    """The twin under the new id, with all that was known of it; whatever is new is still to be applied."""
    for external_id in sorted((old.external_id, visit.external_id)):
        lock_twin(connection, external_id)
    taken = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, external_id=visit.external_id)
    still = ExternalReference.objects.standing().filter(pk=old.pk).first()
    if still is None or taken.exists():
        return False
    new = rename(still, visit.external_id)
    if visit.version is not None and new.version is not None and visit.version < new.version:
        ExternalReference.objects.filter(pk=new.pk).update(version=None)  # counted anew there
    return True


def _note_doubt(connection: Connection, twin: ExternalReference, visit: PlatformVisit, now: datetime) -> None:
    kept = {name: twin.content[name] for name in visit.content() if name in twin.content}
    same = {"connection": connection, "appointment_id": twin.appointment_id, "kind": "identity"}
    FieldConflict.objects.get_or_create(
        **same, defaults={"ours": kept, "theirs": visit.content(), "decided": FieldConflict.Decision.THEIRS, "at": now}
    )
