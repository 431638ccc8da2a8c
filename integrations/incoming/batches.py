"""Many pieces of news applied in one transaction: one event a visit and a person, so that none of them hangs on another.

Whatever goes wrong undoes the whole batch; its events are then applied one by one, each under its own fate.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from agenda.freed_times import freed_told_once
from integrations.errors import NotUnderstood
from integrations.incoming.applying import MustFetch, News, apply_locked, apply_news
from integrations.incoming.gathering import Gathered
from integrations.models import Connection, InboundEvent, InboundState
from integrations.outgoing import outbox
from integrations.speaking.registry import connector_of
from integrations.speaking.vocabulary import PlatformEvent, PlatformVisit
from medidesk.cabinets.current import current_zone
from medidesk.db.transactions import undone_with_all
from medidesk.due import pointers
from medidesk.errors import MediDeskError

KIND = "inbox"
Marks = set[tuple[UUID, str]]
# The practitioners concerned are locked while a batch is applied: bookings wait for no more than a moment.
MOST = 100

log = structlog.get_logger(__name__)


@dataclass
class Batch:
    """What became of the events that were looked at: applied, or left for one by one."""

    applied: int = 0
    left: list[int] = field(default_factory=list)


def first_of_visit() -> Q:
    """Events before which no other of their visit waits."""
    same = InboundEvent.objects.filter(connection=OuterRef("connection"), visit_key=OuterRef("visit_key"), state=InboundState.RECEIVED)
    return Q(visit_key="") | ~Exists(same.filter(id__lt=OuterRef("id")))


def apply_batch(now: datetime, most: int = MOST) -> Batch:
    """Apply the events due, oldest first, as many as can go together."""
    batch = Batch()
    taken: list[int] = []
    try:
        with transaction.atomic(), undone_with_all(), freed_told_once():
            _apply(batch, _claimed(now, most), taken, now)
    except Exception as accident:  # whatever it was shows again when its event is applied alone
        if not taken:
            raise
        log.info("batch-undone", events=len(taken), reason=type(accident).__name__)
        return Batch(left=taken)
    return batch


def apply_read(connection: Connection, visits: Sequence[PlatformVisit], now: datetime) -> Iterator[tuple[PlatformVisit, str]]:
    """Apply what was read of these visits; each with the state that came of it."""
    waiting = [(visit, _marks(connection, visit)) for visit in visits]
    while waiting:
        together: list[PlatformVisit] = []
        later: list[tuple[PlatformVisit, Marks]] = []
        seen: Marks = set()
        for number, (visit, marks) in enumerate(waiting):
            if len(together) == MOST:
                later += waiting[number:]
                break
            if seen.isdisjoint(marks):
                together.append(visit)
            else:
                later.append((visit, marks))
            seen |= marks
        waiting = later
        yield from zip(together, _apply_together(connection, together, now) or _apply_alone(connection, together, now), strict=True)


def _apply_together(connection: Connection, visits: list[PlatformVisit], now: datetime) -> list[str] | None:
    """The states; `None` when nothing was applied."""
    try:
        with transaction.atomic(), undone_with_all(), freed_told_once():
            gathered = Gathered([(connection, visit) for visit in visits])
            with gathered.answering(now):
                states = [apply_locked(News(connection, visit, now, fetched=True, gathered=gathered)) for visit in visits]
            _wake(gathered, {connection.id: connection}, now)
            return states
    except Exception as accident:  # whatever it was shows again when its visit is applied alone
        log.info("batch-undone", visits=len(visits), reason=type(accident).__name__)
        return None


def _apply_alone(connection: Connection, visits: list[PlatformVisit], now: datetime) -> list[str]:
    return [apply_one_read(connection, visit, now) for visit in visits]


def apply_one_read(connection: Connection, visit: PlatformVisit, now: datetime) -> str:
    """Apply what was read of one visit; the state that came of it."""
    try:
        with transaction.atomic():
            return apply_news(News(connection, visit, now, fetched=True))
    except MediDeskError:
        return InboundState.NOT_UNDERSTOOD


def _claimed(now: datetime, most: int) -> list[InboundEvent]:
    """The next events, nobody else's until the transaction ends."""
    due = InboundEvent.objects.filter(first_of_visit(), state=InboundState.RECEIVED, due__lte=now)
    return list(due.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:most])


def _apply(batch: Batch, events: list[InboundEvent], taken: list[int], now: datetime) -> None:
    connections = {each.id: each for each in Connection.objects.filter(pk__in={event.connection_id for event in events})}
    chosen: list[tuple[InboundEvent, PlatformEvent]] = []
    finished: dict[tuple[str, str], list[InboundEvent]] = defaultdict(list)
    seen: Marks = set()
    for event in events:
        event.connection = connections[event.connection_id]
        taken.append(event.pk)
        try:
            told = connector_of(event.connection).read_event(bytes(event.raw), current_zone())
        except NotUnderstood:
            batch.left.append(event.pk)
            continue
        if told is None:
            finished[InboundState.IGNORED, "about no visit"].append(event)
        elif seen.isdisjoint(marks := _marks(event.connection, told.visit)):
            seen |= marks
            chosen.append((event, told))
    gathered = Gathered([(event.connection, told.visit) for event, told in chosen])
    for event, told in chosen:
        try:
            with gathered.answering(now):
                state = apply_locked(News(event.connection, told.visit, now, at=told.occurred_at, gathered=gathered))
        except MustFetch:
            if gathered.twin(event.connection, told.visit.external_id) is None:
                raise  # something was written about it: it is undone with all
            batch.left.append(event.pk)
        else:
            finished[state, ""].append(event)
    _wake(gathered, connections, now)
    _finish(finished, now)
    batch.applied = sum(map(len, finished.values()))


def _marks(connection: Connection, visit: PlatformVisit) -> Marks:
    """What two pieces of news of one batch must not have in common."""
    person = {(connection.id, f"person {visit.patient.fingerprint()}")} if visit.patient else set()
    return {(connection.id, f"visit {visit.external_id}")} | person


def _wake(gathered: Gathered, connections: dict[UUID, Connection], now: datetime) -> None:
    for one in sorted(gathered.woken):
        outbox.wake_blocked(connections[one], now)


def _finish(finished: dict[tuple[str, str], list[InboundEvent]], now: datetime) -> None:
    for (state, detail), events in finished.items():
        InboundEvent.objects.filter(pk__in=[event.pk for event in events]).update(state=state, detail=detail, applied_at=now)
    pointers.unpoint(KIND, [event.key for events in finished.values() for event in events])
