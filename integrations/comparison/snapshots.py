"""Sources that show everything at once: what is new in a snapshot, and when the next one is read.

Nothing is written there, so what it shows is compared with what it showed last; only differences become acts.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agenda.models import Appointment, Hold
from integrations.incoming.references import place, rename
from integrations.models import ClosedAbsence, Connection, ExternalReference, InboundEvent, InboundState, Kind
from integrations.speaking.base import SnapshotConnector
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus, digest

UNREADABLE = "unreadable "


def news_of(connection: Connection, visits: Iterable[PlatformVisit]) -> tuple[PlatformVisit, ...]:
    """The visits that differ from what was seen last, without our own agenda come back; ids that the source rewrote are followed."""
    shown = {visit.external_id: visit for visit in _without_ours(visits)}
    twins = {twin.external_id: twin for twin in ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT)}
    lost = {place(twin.content): twin for key, twin in twins.items() if key not in shown}
    news = []
    for key, visit in shown.items():
        twin = twins.get(key)
        if twin is None and visit.status != VisitStatus.CANCELLED:
            old = lost.pop(place(visit.content()), None)
            twin = rename(old, key) if old and not _gone_before(connection, key) else None
        if twin is None or place(twin.content) != place(visit.content()) or twin.content.get("status") != visit.status:
            news.append(visit)
    return tuple(news)


def note_unreadable(connection: Connection, connector: SnapshotConnector, now: datetime) -> None:
    """Keep in plain sight which events were not understood, without what they say; forget those that are now."""
    wanted = {UNREADABLE + digest(uid)[:32] for uid in connector.unreadable}
    kept = InboundEvent.objects.filter(connection=connection, event_id__startswith=UNREADABLE)
    kept.exclude(event_id__in=wanted).delete()
    known = set(kept.values_list("event_id", flat=True))
    state = {"state": InboundState.NOT_UNDERSTOOD, "detail": "event", "raw": b"", "due": now, "received_at": now}
    InboundEvent.objects.bulk_create([InboundEvent(connection=connection, event_id=each, **state) for each in sorted(wanted - known)])


def _gone_before(connection: Connection, external_id: str) -> bool:
    return ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, external_id=external_id).exists()


def _without_ours(visits: Iterable[PlatformVisit]) -> list[PlatformVisit]:
    """The agenda that somebody subscribed to, and subscribed us to in turn, must not come back as visits of its own."""
    found = list(visits)
    named = {visit.external_id: own for visit in found if (own := _own_id(visit.client_reference))}
    ours = _known_here(set(named.values())) if named else set()
    return [visit for visit in found if named.get(visit.external_id) not in ours]


def _known_here(ids: set[UUID]) -> set[UUID]:
    """Those that are a visit, a time kept for one, or a piece of an absence of this cabinet's."""
    found = set(Appointment.objects.filter(pk__in=ids).values_list("pk", flat=True))
    found |= set(Hold.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return found | set(ClosedAbsence.objects.filter(reference__in=ids).values_list("reference", flat=True))


def _own_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
