"""Who of ours should leave a time on a platform, and where a visit can stand aside there for a moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from agenda.models import Occupancy
from integrations.incoming.references import ASIDE
from integrations.models import Connection, ExternalReference, Kind, OutboundChange, OutboundState, PractitionerMapping
from integrations.outgoing.wanted import Wanted, wanted_for_hold, wanted_for_twin, wanted_for_visit
from integrations.speaking.base import Connector
from integrations.speaking.vocabulary import PlatformBusy, PlatformVisit, VisitStatus, instant_text

LOOKED_AT = timedelta(days=1)


def who_leaves(connection: Connection, wanted: PlatformVisit | PlatformBusy, but: UUID, now: datetime) -> set[UUID]:
    """Our visits and holds, but for `but`, that stand there within that time, should not, and are still to be told."""
    inside = ExternalReference.objects.standing().filter(
        connection=connection,
        content__practitioner=wanted.practitioner,
        content__start__lt=instant_text(wanted.end),
        content__end__gt=instant_text(wanted.start),
    )
    others = inside.exclude(Q(appointment=but) | Q(hold=but)).select_related("appointment__patient", "hold")
    found = {each.appointment_id or each.hold_id for each in others if not _belongs(connection, each, wanted, now)}
    found -= {each.appointment_id or each.hold_id for each in others if _belongs(connection, each, wanted, now)}
    open_rows = OutboundChange.objects.filter(connection=connection, state__in=(OutboundState.WAITING, OutboundState.BLOCKED))
    return set(open_rows.filter(subject__in=[each for each in found if each]).values_list("subject", flat=True))


def _belongs(connection: Connection, reference: ExternalReference, wanted: PlatformVisit | PlatformBusy, now: datetime) -> bool:
    """Should what is there stay in that time?"""
    should = _should(connection, reference, now)
    return should is not None and should.practitioner == wanted.practitioner and should.start < wanted.end and should.end > wanted.start


def _should(connection: Connection, reference: ExternalReference, now: datetime) -> Wanted:
    if reference.appointment is None:
        return wanted_for_hold(connection, reference.hold, now) if reference.hold else None
    if reference.kind == Kind.VISIT:
        return wanted_for_twin(connection, reference.appointment, VisitStatus.CONFIRMED)
    return wanted_for_visit(connection, reference.appointment, now)


def times_aside(connection: Connection, connector: Connector, current: PlatformVisit, now: datetime) -> Iterator[PlatformVisit]:
    """The visit in the free times that follow it in the same agenda, free there and here, soonest first."""
    length = current.end - current.start
    free_from = max(current.end, now.replace(second=0, microsecond=0) + length)
    until = free_from + LOOKED_AT
    for start, end in sorted(_taken(connection, connector, current.practitioner, free_from, until)):
        while free_from + length <= start:
            yield replace(current, start=free_from, end=free_from + length)
            free_from += length
        free_from = max(free_from, end)
    while free_from < until:
        yield replace(current, start=free_from, end=free_from + length)
        free_from += length


def _taken(
    connection: Connection, connector: Connector, practitioner: str, low: datetime, high: datetime
) -> Iterator[tuple[datetime, datetime]]:
    for visit in connector.window(low, high, practitioner).visits:
        if visit.status != VisitStatus.CANCELLED and visit.practitioner == practitioner:
            yield visit.start, visit.end
    closed = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.BUSY, content__practitioner=practitioner)
    for reference in closed.filter(content__start__lt=instant_text(high), content__end__gt=instant_text(low)):
        yield datetime.fromisoformat(reference.content["start"]), datetime.fromisoformat(reference.content["end"])
    here = PractitionerMapping.objects.filter(connection=connection, external_id=practitioner).values("practitioner")
    for span in Occupancy.objects.filter(resource__in=here, span__overlap=(low, high)).values_list("span", flat=True):
        yield span.lower, span.upper


def former_place(twin: ExternalReference, current: PlatformVisit) -> PlatformVisit:
    """The visit as it stood before it stood aside."""
    home = twin.content[ASIDE]["home"]
    start, end = datetime.fromisoformat(home["start"]), datetime.fromisoformat(home["end"])
    return replace(current, practitioner=home["practitioner"], start=start, end=end)
