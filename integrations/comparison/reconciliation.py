"""A complete window read from the platform and compared with the agenda: drift is counted, repaired in the safe direction only."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agenda.models import Appointment, Lane, Status
from integrations.comparison.brake import Brake
from integrations.comparison.closed_times import check_closed_times
from integrations.comparison.comparing import compare
from integrations.comparison.progress import shown
from integrations.comparison.renaming import follow_renames
from integrations.comparison.retelling import retell
from integrations.comparison.snapshots import news_of, note_unreadable
from integrations.comparison.traces import leave_traces
from integrations.connections.rehearsal import rehearse
from integrations.errors import ConnectorError, NotUnderstood
from integrations.incoming.applying import News, is_known_so
from integrations.incoming.batches import apply_one_read, apply_read
from integrations.incoming.feeding import known_visits
from integrations.incoming.references import known_twin, known_twins, place
from integrations.models import Connection, ExternalReference, InboundState, Kind, Mode
from integrations.speaking.base import Connector, FeedConnector, SnapshotConnector
from integrations.speaking.calls import calling, note_failure, note_read
from integrations.speaking.registry import is_snapshot
from integrations.speaking.vocabulary import Listing, PlatformVisit, VisitStatus

KIND = "reconcile"
WINDOW = timedelta(days=400)
AT_ONCE = 250
HERE_AND_STANDING = (Status.REQUESTED, Status.CONFIRMED)


@dataclass(slots=True)
class Figures:
    """What a run found; `as_json` is what the command prints. `watch` is told how many visits of how many were looked at."""

    connection: UUID
    complete: bool = True
    drift: int = 0
    repaired: int = 0
    held: int = 0
    conflicts: int = 0
    unmapped: int = field(default=0)
    watch: list[Callable[[int, int], None]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The contract's fields."""
        names = ("complete", "drift", "repaired", "held", "conflicts")
        return {"connection": str(self.connection)} | {name: getattr(self, name) for name in names}

    def tell(self, done: int, total: int) -> None:
        """Let those who watch know how many visits of how many were looked at."""
        for one in self.watch:
            one(done, total)


def reconcile(
    connection: Connection,
    now: datetime,
    *,
    released: bool = False,
    watch: Callable[[int, int], None] | None = None,
    asking: Connector | None = None,
) -> Figures:
    """Compare and repair; `released` lets through what the brake held. An incomplete read cancels nothing.

    `watch` is told how many visits of how many were looked at; `asking` is a connector that is asking already.
    """
    with shown(connection) as tell:
        return _compare(connection, now, Figures(connection.id, watch=[tell, *([watch] if watch else [])]), released, asking)


def _compare(connection: Connection, now: datetime, figures: Figures, released: bool, asking: Connector | None) -> Figures:
    vanished: list[PlatformVisit] = []
    try:
        with nullcontext(asking) if asking else calling(connection) as connector:
            listing = _window(connection, connector, now)
            figures.complete = listing.complete
            follow_renames(connection, connector, listing.visits, now)
            cancellations = _read(connection, _news(connection, connector, listing, now), figures, now)
            if listing.complete:
                vanished = _missing(connection, connector, {visit.external_id for visit in listing.visits}, figures, now)
            if _is_exported(connection):
                check_closed_times(connection, connector, now)
    except ConnectorError as problem:
        note_failure(connection, problem, now)
        figures.complete = False
        cancellations, vanished = [], []
    else:
        note_read(connection, now)
        found = compare(connection, listing.visits, now, told=_is_exported(connection))
        figures.drift, figures.repaired = figures.drift + found.drift, figures.repaired + found.repaired
    _cancel(connection, cancellations, figures, now, vanished=vanished, whole=figures.complete, released=released)
    if figures.complete and _is_exported(connection):
        told = retell(connection, now)
        figures.drift, figures.repaired = figures.drift + told, figures.repaired + told
    if connection.mode == Mode.REHEARSAL:
        rehearse(connection, now)
    figures.conflicts = _conflicts(connection, now)
    Connection.objects.filter(pk=connection.pk).update(last_drift=max(0, figures.drift - figures.repaired))
    return figures


def _window(connection: Connection, connector: Connector, now: datetime) -> Listing:
    """The coming visits of every practitioner who is mapped, complete only when each agenda is; of a feed those that are known."""
    if isinstance(connector, FeedConnector):
        return known_visits(connection, connector, now)
    agendas = connection.practitioners.order_by("external_id").values_list("external_id", flat=True)
    listings = [connector.window(now, now + WINDOW, practitioner) for practitioner in agendas]
    return Listing(tuple(visit for listing in listings for visit in listing.visits), all(listing.complete for listing in listings))


def _news(connection: Connection, connector: Connector, listing: Listing, now: datetime) -> tuple[PlatformVisit, ...]:
    """What of a listing is worth a look: everything, but of a source that only shows its whole, what differs from last time."""
    if not isinstance(connector, SnapshotConnector):
        return listing.visits
    note_unreadable(connection, connector, now)
    return news_of(connection, listing.visits)


def apply_listing(connection: Connection, visits: tuple[PlatformVisit, ...], now: datetime) -> Figures:
    """Apply part of what is there, cancellations under the brake."""
    figures = Figures(connection.id)
    _cancel(connection, _read(connection, visits, figures, now), figures, now, whole=False)
    return figures


def _read(connection: Connection, visits: tuple[PlatformVisit, ...], figures: Figures, now: datetime) -> list[PlatformVisit]:
    """Apply what differs, but for the cancellations: these are answered, for the brake to see them together."""
    cancellations: list[PlatformVisit] = []
    if visits:
        figures.tell(0, len(visits))
    for first in range(0, len(visits), AT_ONCE):
        some = visits[first : first + AT_ONCE]
        twins = known_twins(connection, [visit.external_id for visit in some])
        before = {name: (place(twin.content), twin.content.get("status"), twin.gone_at) for name, twin in twins.items()}
        cancelled = [visit for visit in some if visit.status == VisitStatus.CANCELLED]
        cancellations += [visit for visit in cancelled if _still_stands(twins.get(visit.external_id))]
        leave_traces(connection, [visit for visit in cancelled if visit.external_id not in twins], now)
        standing = [visit for visit in some if visit.status != VisitStatus.CANCELLED]
        news = [visit for visit in standing if not _is_known(connection, visit, twins.get(visit.external_id), now)]
        for visit, state in apply_read(connection, news, now):
            after = (place(visit.content()), visit.status.value, None)
            if state == InboundState.APPLIED and before.get(visit.external_id) != after:
                figures.drift += 1
                figures.repaired += 1
            elif state in (InboundState.UNMAPPED, InboundState.NOT_UNDERSTOOD):
                figures.unmapped += 1
        figures.tell(min(first + AT_ONCE, len(visits)), len(visits))
    return cancellations


def _still_stands(twin: ExternalReference | None) -> bool:
    """Does the visit stand here, as far as is known?"""
    return twin is not None and not twin.gone_at and twin.appointment is not None and twin.appointment.status in HERE_AND_STANDING


def _is_known(connection: Connection, visit: PlatformVisit, twin: ExternalReference | None, now: datetime) -> bool:
    """Does what was read say nothing but what is known?"""
    return twin is not None and is_known_so(News(connection, visit, now, fetched=True), twin)


def _missing(connection: Connection, connector: Connector, seen: set[str], figures: Figures, now: datetime) -> list[PlatformVisit]:
    """Future visits of ours whose twin is not in a complete list: asked for one by one, for a list may be wrong about itself."""
    edge = "start" if isinstance(connector, SnapshotConnector) else "end"  # a calendar may drop what has begun
    standing = ExternalReference.objects.standing().filter(
        connection=connection, kind=Kind.VISIT, appointment__status__in=HERE_AND_STANDING, **{f"appointment__{edge}__gt": now}
    )
    cancellations = []
    for twin in standing.exclude(external_id__in=seen).select_related("appointment"):
        try:
            current = connector.visit(twin.external_id)
        except NotUnderstood:
            continue  # it is there, whatever it says: a person looks
        if current is not None and current.status != VisitStatus.CANCELLED:
            if _is_another(connection, current, twin):
                cancellations.append(_as_cancelled(twin))  # one visit there, two here: an event under the new id came first
                continue
            if current.external_id not in seen:
                figures.complete = False
            apply_one_read(connection, current, now)
        elif current is None and twin.ours:
            ExternalReference.objects.filter(pk=twin.pk).update(gone_at=now)  # written there anew by what follows
        else:
            cancellations.append(_as_cancelled(twin))
    return cancellations


def _is_another(connection: Connection, current: PlatformVisit, twin: ExternalReference) -> bool:
    """Is what the platform shows under this twin's id known under its newer id as another visit of ours?"""
    newer = known_twin(connection, current.external_id) if current.external_id != twin.external_id else None
    return newer is not None and newer.gone_at is None and newer.appointment_id not in (None, twin.appointment_id)


def _as_cancelled(twin: ExternalReference) -> PlatformVisit:
    return PlatformVisit(
        external_id=twin.external_id,
        practitioner=twin.content["practitioner"],
        start=datetime.fromisoformat(twin.content["start"]),
        end=datetime.fromisoformat(twin.content["end"]),
        status=VisitStatus.CANCELLED,
        version=twin.version,
        reason=twin.content.get("reason", ""),
    )


def _cancel(
    connection: Connection,
    cancellations: list[PlatformVisit],
    figures: Figures,
    now: datetime,
    *,
    whole: bool,
    vanished: list[PlatformVisit] | None = None,
    released: bool = False,
) -> None:
    """Cancel here what is cancelled there or has `vanished` there, agenda by agenda, unless that is more than the brake lets through."""
    by_agenda: dict[UUID, list[PlatformVisit]] = defaultdict(list)
    silent = {visit.external_id for visit in vanished or []} if is_snapshot(connection) else set()
    for visit in [*cancellations, *(vanished or [])]:
        twin = known_twin(connection, visit.external_id)
        if twin is not None and twin.appointment is not None:
            by_agenda[twin.appointment.practitioner_id].append(visit)
    brake = Brake(connection, now)
    for practitioner, visits in by_agenda.items():
        figures.drift += len(visits)
        if not released and brake.holds(practitioner, len(visits), sum(visit.external_id in silent for visit in visits)):
            figures.held += len(visits)
            continue
        figures.repaired += sum(apply_one_read(connection, visit, now) == InboundState.APPLIED for visit in visits)
    brake.remember(whole=whole)


def _is_exported(connection: Connection) -> bool:
    """Has the platform been told of all there was, so that what it does not show is drift?"""
    return connection.writes and connection.exported_at is not None


def _conflicts(connection: Connection, now: datetime) -> int:
    """The visits of this platform that wait in the conflict lane."""
    references = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT)
    waiting = Appointment.objects.filter(lane=Lane.CONFLICT, end__gt=now, status__in=HERE_AND_STANDING)
    return waiting.filter(pk__in=references.values("appointment")).count()
