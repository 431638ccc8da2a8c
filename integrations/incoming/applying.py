"""A platform's word about a visit becomes an act of the diary, once, in the right order, or is recognised as nothing new."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agenda.actors import Actor
from agenda.models import Appointment, Status
from agenda.scheduling import import_visit, reschedule_import
from integrations.comparison.traces import leave_traces
from integrations.connections.reminding import have_silenced
from integrations.incoming.brought_in import brought_in
from integrations.incoming.gathering import Gathered
from integrations.incoming.merging import Merge
from integrations.incoming.people import patient_of
from integrations.incoming.precedence import Turn, turn
from integrations.incoming.references import is_aside, known_twin, lock_twin, own_twin, place, remember, renamed_twin
from integrations.models import (
    Connection,
    ExternalReference,
    InboundState,
    Kind,
    LeftAlone,
    PractitionerMapping,
    ReasonMapping,
    SiteMapping,
    There,
)
from integrations.outgoing import outbox
from integrations.outgoing.wanted import practitioner_there
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus, digest
from medidesk.db.transactions import act

# A cancellation and a booking of the same person with the same practitioner within this time are one move.
MOVE_WINDOW = timedelta(minutes=10)

STATUS_HERE = {
    VisitStatus.CONFIRMED: Status.CONFIRMED,
    VisitStatus.CANCELLED: Status.CANCELLED,
    VisitStatus.NO_SHOW: Status.NO_SHOW,
    VisitStatus.DONE: Status.COMPLETED,
}


class MustFetch(Exception):
    """Nobody can tell from the event alone whether it is news: ask the platform how the visit is now."""


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news; `fetched` when it was read from the platform just now rather than told by it at some time; `gathered` when it
    comes with many others."""

    connection: Connection
    visit: PlatformVisit
    now: datetime
    at: datetime | None = None
    fetched: bool = False
    gathered: Gathered | None = None


@act
def apply_news(news: News) -> str:
    """Make it so here; answers the event's state. Raises MustFetch, and Refused for a visit that no diary could hold."""
    lock_twin(news.connection, news.visit.external_id)
    return apply_locked(news)


def apply_locked(news: News) -> str:
    """As apply_news, for whoever has locked the visit and is inside a transaction that ends with whatever is raised."""
    connection, visit = news.connection, news.visit
    twin = _twin_of(news)
    if twin is None or twin.appointment is None:
        return _first_sight(news, trace=twin)
    if not _is_news(news, twin):
        return InboundState.STALE
    before = dict(twin.content)
    outcome = _again(news, twin)
    if outcome not in (InboundState.UNMAPPED, InboundState.LEFT_ALONE):
        remember(twin, visit, news.at, news.now)
    if outcome == InboundState.APPLIED:
        have_silenced(connection, visit, twin.appointment, news.now)
    if before.get("status") != twin.content.get("status") or before.get("start") != twin.content.get("start"):
        if news.gathered is not None:
            news.gathered.woken.add(connection.id)
        else:
            outbox.wake_blocked(connection, news.now)
    return outcome


def is_known_so(news: News, twin: ExternalReference) -> bool:
    """Does what was read of a visit say nothing but what is known of it?"""
    return twin.appointment_id is not None and not _is_news(news, twin)


def _twin_of(news: News) -> ExternalReference | None:
    """Which visit of ours the news is about."""
    connection, visit, gathered = news.connection, news.visit, news.gathered
    if gathered is None:
        return known_twin(connection, visit.external_id) or own_twin(connection, visit) or renamed_twin(connection, visit)
    twin = gathered.twin(connection, visit.external_id)
    if twin is None and gathered.may_be_ours(connection, visit):
        twin = own_twin(connection, visit)
    if twin is None and gathered.stands_there(connection, visit):
        twin = renamed_twin(connection, visit)
    return twin


def _practitioner_here(news: News) -> UUID | None:
    """Who of ours the visit is with, `None` when not mapped."""
    if news.gathered is not None:
        return news.gathered.practitioner_here(news.connection, news.visit.practitioner)
    found = PractitionerMapping.objects.filter(connection=news.connection, external_id=news.visit.practitioner)
    return found.values_list("practitioner_id", flat=True).first()


def _not_related(news: News) -> str:
    """What becomes of a visit with somebody who is not mapped: it waits, unless that is on purpose."""
    left = LeftAlone.objects.filter(connection=news.connection, kind=There.PRACTITIONER, external_id=news.visit.practitioner)
    return InboundState.LEFT_ALONE if left.exists() else InboundState.UNMAPPED


def _reason_here(news: News) -> UUID | None:
    """Which of our reasons the visit has, `None` when not mapped."""
    if news.gathered is not None:
        return news.gathered.reason_here(news.connection, news.visit.reason)
    if not news.visit.reason or not news.connection.reasons:
        return None
    found = ReasonMapping.objects.filter(connection=news.connection, external_id=news.visit.reason)
    return found.values_list("visit_reason_id", flat=True).first()


def _site_here(news: News) -> UUID | None:
    """At which of our sites the visit is, `None` when not mapped: then where its practitioner usually is."""
    if news.gathered is not None:
        return news.gathered.site_here(news.connection, news.visit.site)
    if not news.visit.site:
        return None
    found = SiteMapping.objects.filter(connection=news.connection, external_id=news.visit.site)
    return found.values_list("site_id", flat=True).first()


def _practitioner_there(news: News, practitioner: UUID) -> str:
    """The practitioner's id on the platform, empty when not mapped."""
    if news.gathered is not None:
        return news.gathered.practitioner_there(news.connection, practitioner) or ""
    return practitioner_there(news.connection, practitioner) or ""


def _is_news(news: News, twin: ExternalReference) -> bool:
    """Is this newer than what is known? Raises MustFetch when the event cannot say."""
    if twin.gone_at is not None and news.visit.status == VisitStatus.CANCELLED:
        return False  # known; what was booked in its place may be the same appointment by now
    order = turn(twin.version, twin.occurred_at, news.visit.version, news.at)
    if twin.version is None and twin.occurred_at is None and twin.ours and not twin.gone_at:
        order = Turn.NEWER  # the first that is heard of what MediDesk created
    same = place(twin.content) == place(news.visit.content()) and twin.content.get("status") == news.visit.status and not twin.gone_at
    if order in (Turn.SAME, Turn.UNKNOWN) and same and _same_person(news, twin):
        return False
    if news.fetched:
        return order != Turn.OLDER or news.visit.version is None
    if order == Turn.UNKNOWN or (news.visit.version is None and is_aside(twin, news.visit.content())):
        raise MustFetch
    if order == Turn.NEWER and twin.gone_at and news.visit.status != VisitStatus.CANCELLED:
        raise MustFetch
    return order == Turn.NEWER


def _same_person(news: News, twin: ExternalReference) -> bool:
    return news.visit.patient is None or twin.ours or news.visit.patient.fingerprint() == twin.patient_hash


def _again(news: News, twin: ExternalReference) -> str:
    """News of a visit that is known."""
    if twin.sent_hash and digest(news.visit.content()) == twin.sent_hash:
        return InboundState.ECHO
    practitioner = _practitioner_here(news)
    if practitioner is None:
        return _not_related(news)
    twin.sent_hash = ""
    here = _practitioner_there(news, twin.appointment.practitioner_id)
    schedule = news.gathered.schedule if news.gathered else None
    takes = news.gathered.taken_by(twin.appointment_id) if news.gathered else None
    merge = Merge(news.connection, twin, news.visit, practitioner, here, news.now, schedule, takes, _site_here(news))
    if merge.is_back(fetched=news.fetched):
        appointment = _import(news, practitioner, _reason_here(news))
        twin.appointment, twin.ours = appointment, False
        return InboundState.APPLIED
    return InboundState.APPLIED if merge.run(_reason_here(news)) else InboundState.ECHO


def _first_sight(news: News, trace: ExternalReference | None) -> str:
    """A visit never heard of, or only as cancelled. One that is cancelled leaves its trace, so that a late creation changes nothing."""
    if not news.connection.appointments_in:
        return InboundState.IGNORED
    if trace is not None and not _is_news(news, trace):
        return InboundState.STALE
    if news.fetched and news.visit.status == VisitStatus.CANCELLED:
        leave_traces(news.connection, [news.visit], news.now)
        return InboundState.IGNORED
    practitioner = _practitioner_here(news)
    if practitioner is None:
        return _not_related(news)
    reason = _reason_here(news)
    appointment = _moved_from(news, practitioner, reason) or _brought_in(news, practitioner, reason) or _import(news, practitioner, reason)
    twin = trace or ExternalReference(connection=news.connection, kind=Kind.VISIT, external_id=news.visit.external_id, created_at=news.now)
    twin.appointment = appointment
    remember(twin, news.visit, news.at, news.now)
    have_silenced(news.connection, news.visit, appointment, news.now)
    return InboundState.APPLIED


def _import(news: News, practitioner: UUID, reason: UUID | None) -> Appointment:
    connection, visit = news.connection, news.visit
    return import_visit(
        practitioner_id=practitioner,
        start=visit.start,
        end=visit.end,
        actor=Actor.platform(connection.platform),
        source=connection.platform,
        origin=connection.origin,
        now=news.now,
        visit_reason_id=reason,
        patient_id=patient_of(connection, visit.patient, news.now, is_locked=news.gathered is not None),
        status=STATUS_HERE[visit.status],
        site_id=_site_here(news),
        schedule=news.gathered.schedule if news.gathered else None,
    )


def _brought_in(news: News, practitioner: UUID, reason: UUID | None) -> Appointment | None:
    """The visit of a file that this is."""
    if news.gathered is not None and not news.gathered.knows_imported(practitioner, news.visit.start):
        return None
    return brought_in(news.connection, news.visit, practitioner, reason, news.now)


def _moved_from(news: News, practitioner: UUID, reason: UUID | None) -> Appointment | None:
    """The visit that this one is the other half of: cancelled there minutes ago, same person, same practitioner."""
    connection, visit = news.connection, news.visit
    if visit.patient is None or visit.status != VisitStatus.CONFIRMED:
        return None
    if news.gathered is not None and not news.gathered.has_left(connection, visit, news.now - MOVE_WINDOW):
        return None
    left = ExternalReference.objects.filter(
        connection=connection,
        kind=Kind.VISIT,
        gone_at__gte=news.now - MOVE_WINDOW,
        patient_hash=visit.patient.fingerprint(),
        appointment__practitioner_id=practitioner,
        appointment__status=Status.CANCELLED,
        appointment__cancelled_by="platform",
    ).order_by("-gone_at")
    twin = left.first()
    if twin is None or twin.appointment_id is None:
        return None
    return reschedule_import(
        appointment_id=twin.appointment_id,
        start=visit.start,
        end=visit.end,
        visit_reason_id=reason,
        actor=Actor.platform(connection.platform),
        origin=connection.origin,
        now=news.now,
        revive=True,
    )
