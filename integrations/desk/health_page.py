"""One connection as a secretary reads it, in a number of queries that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from agenda.models import Practitioner
from agenda.worklist import Lamp
from integrations.connections.health import Health, healths, lamp_of
from integrations.desk.comparison import Comparison, comparison_of
from integrations.desk.words import Line, error_in_words, line_in, line_out, places_of
from integrations.models import (
    Connection,
    ConnectionAct,
    ExternalReference,
    InboundEvent,
    InboundState,
    Kind,
    OutboundChange,
    OutboundState,
)
from integrations.speaking.registry import label_of
from medidesk.cabinets.current import current_zone

LEDGER_LINES = 20
MOST_UNSETTLED = 50
ACT_LINES = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A connection in the list."""

    connection: Connection
    label: str
    lamp: Lamp
    health: Health
    to_settle: int


@dataclass(frozen=True, slots=True)
class Held:
    """Cancellations of one agenda that the brake held."""

    practitioner: str
    cancellations: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HealthPage:
    """All that the page of one connection shows."""

    row: Row
    error: str
    paused_until: datetime | None
    lag: timedelta | None
    events: Sequence[Line]
    changes: Sequence[Line]
    given_up: Sequence[Line]
    blocked: Sequence[Line]
    held: Sequence[Held]
    unmapped: int
    not_understood: int
    rehearsed_at: datetime | None
    rehearsal: dict[str, Any]
    acts: Sequence[ConnectionAct]
    comparison: Comparison | None


def rows(now: datetime) -> list[Row]:
    """Every connection with its lamp, those that are cut last."""
    found = healths(list(Connection.objects.all()))
    return sorted((_row(health, now) for health in found), key=lambda row: row.connection.mode == "off")


def health_page(connection: Connection, now: datetime) -> HealthPage:
    """Everything about one connection, read now."""
    health = healths([connection])[0]
    events = list(connection.events.order_by("-id")[:LEDGER_LINES])
    changes = list(connection.changes.order_by("-id")[:LEDGER_LINES])
    unsettled = list(connection.changes.filter(state__in=(OutboundState.DEAD, OutboundState.BLOCKED)).order_by("-id")[:MOST_UNSETTLED])
    subjects = _subjects(connection, events)
    places, visits = places_of({*subjects.values(), *(each.subject for each in (*changes, *unsettled))})
    counts = connection.events.aggregate(
        unmapped=Count("id", filter=Q(state=InboundState.UNMAPPED)),
        not_understood=Count("id", filter=Q(state__in=(InboundState.NOT_UNDERSTOOD, InboundState.UNREADABLE))),
    )
    return HealthPage(
        row=_row(health, now),
        error=error_in_words(connection.last_error),
        paused_until=connection.paused_until if connection.is_paused(now) else None,
        lag=now - health.oldest_waiting if health.oldest_waiting else None,
        events=[line_in(event, places.get(subjects.get(event.visit_key, event.key), "")) for event in events],
        changes=[line_out(change, places, visits) for change in changes],
        given_up=_lines(unsettled, OutboundState.DEAD, places, visits),
        blocked=_lines(unsettled, OutboundState.BLOCKED, places, visits),
        held=_held(connection),
        rehearsed_at=_wall(connection.rehearsal.get("at")),
        rehearsal=connection.rehearsal,
        acts=list(connection.acts.all()[:ACT_LINES]),
        comparison=comparison_of(connection, now),
        **counts,
    )


def _row(health: Health, now: datetime) -> Row:
    braked = sum(int(each["cancellations"]) for each in health.connection.brake_held)
    to_settle = health.given_up + health.blocked + braked
    return Row(health.connection, label_of(health.connection.platform), lamp_of(health, now), health, to_settle)


def _lines(rows: Sequence[OutboundChange], state: str, places: dict[UUID, str], visits: set[UUID]) -> list[Line]:
    return [line_out(row, places, visits) for row in rows if row.state == state]


def _subjects(connection: Connection, events: Sequence[InboundEvent]) -> dict[str, UUID]:
    """Our visit behind each foreign id that the events name."""
    keys = {event.visit_key for event in events if event.visit_key}
    twins = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, external_id__in=keys, appointment__isnull=False)
    return {external_id: visit for external_id, visit in twins.values_list("external_id", "appointment_id") if visit is not None}


def _held(connection: Connection) -> list[Held]:
    names = {str(one.pk): one.name for one in Practitioner.objects.filter(pk__in=[each["practitioner"] for each in connection.brake_held])}
    return [
        Held(names.get(each["practitioner"], ""), int(each["cancellations"]), datetime.fromisoformat(each["at"]))
        for each in connection.brake_held
    ]


def _wall(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(current_zone()) if text else None
