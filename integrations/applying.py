"""A platform's word about a visit becomes an act of the diary, once, in the right order, or is recognised as nothing new."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from agenda.actors import Actor
from agenda.models import Appointment, Status
from agenda.scheduling import import_visit, reschedule_import
from integrations import outbox
from integrations.merging import Merge
from integrations.models import Connection, ExternalReference, InboundState, Kind, PractitionerMapping, ReasonMapping
from integrations.people import patient_of
from integrations.precedence import Turn, turn
from integrations.references import known_twin, lock_twin, own_twin, place, remember, renamed_twin
from integrations.reminding import have_silenced
from integrations.vocabulary import PlatformVisit, VisitStatus, digest

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
    """One piece of news; `fetched` when it was read from the platform just now rather than told by it at some time."""

    connection: Connection
    visit: PlatformVisit
    now: datetime
    at: datetime | None = None
    fetched: bool = False


@transaction.atomic
def apply_news(news: News) -> str:
    """Make it so here; answers the event's state. Raises MustFetch, and Refused for a visit that no diary could hold."""
    connection, visit = news.connection, news.visit
    lock_twin(connection, visit.external_id)
    twin = known_twin(connection, visit.external_id) or own_twin(connection, visit) or renamed_twin(connection, visit)
    if twin is None:
        return _first_sight(news)
    if twin.appointment is None:
        return InboundState.IGNORED
    if not _is_news(news, twin):
        return InboundState.STALE
    before = dict(twin.content)
    outcome = _again(news, twin)
    if outcome != InboundState.UNMAPPED:
        remember(twin, visit, news.at, news.now)
    if outcome == InboundState.APPLIED:
        have_silenced(connection, visit, twin.appointment, news.now)
    if before.get("status") != twin.content.get("status") or before.get("start") != twin.content.get("start"):
        outbox.wake_blocked(connection, news.now)
    return outcome


def practitioner_here(connection: Connection, external_id: str) -> UUID | None:
    """Who of ours that is, `None` when not mapped."""
    found = PractitionerMapping.objects.filter(connection=connection, external_id=external_id)
    return found.values_list("practitioner_id", flat=True).first()


def reason_here(connection: Connection, external_id: str) -> UUID | None:
    """Which of our reasons that is, `None` when not mapped."""
    if not external_id or not connection.reasons:
        return None
    found = ReasonMapping.objects.filter(connection=connection, external_id=external_id)
    return found.values_list("visit_reason_id", flat=True).first()


def _is_news(news: News, twin: ExternalReference) -> bool:
    """Is this newer than what is known? Raises MustFetch when the event cannot say."""
    order = turn(twin.version, twin.occurred_at, news.visit.version, news.at)
    if twin.version is None and twin.occurred_at is None and twin.ours and not twin.gone_at:
        order = Turn.NEWER  # the first that is heard of what MediDesk created
    same = place(twin.content) == place(news.visit.content()) and twin.content.get("status") == news.visit.status and not twin.gone_at
    if order in (Turn.SAME, Turn.UNKNOWN) and same and _same_person(news, twin):
        return False
    if news.fetched:
        return order != Turn.OLDER or news.visit.version is None
    if order == Turn.UNKNOWN:
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
    practitioner = practitioner_here(news.connection, news.visit.practitioner)
    if practitioner is None:
        return InboundState.UNMAPPED
    twin.sent_hash = ""
    merge = Merge(news.connection, twin, news.visit, practitioner, news.now)
    if merge.is_back(fetched=news.fetched):
        appointment = _import(news, practitioner, reason_here(news.connection, news.visit.reason))
        twin.appointment, twin.ours = appointment, False
        return InboundState.APPLIED
    return InboundState.APPLIED if merge.run(reason_here(news.connection, news.visit.reason)) else InboundState.ECHO


def _first_sight(news: News) -> str:
    """A visit never heard of. One that is cancelled leaves its trace, so that a late creation changes nothing."""
    if not news.connection.appointments_in:
        return InboundState.IGNORED
    if news.fetched and news.visit.status == VisitStatus.CANCELLED:
        return InboundState.IGNORED
    practitioner = practitioner_here(news.connection, news.visit.practitioner)
    if practitioner is None:
        return InboundState.UNMAPPED
    reason = reason_here(news.connection, news.visit.reason)
    appointment = _moved_from(news, practitioner, reason) or _import(news, practitioner, reason)
    twin = ExternalReference(
        connection=news.connection, kind=Kind.VISIT, external_id=news.visit.external_id, appointment=appointment, created_at=news.now
    )
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
        patient_id=patient_of(connection, visit.patient, news.now),
        status=STATUS_HERE[visit.status],
    )


def _moved_from(news: News, practitioner: UUID, reason: UUID | None) -> Appointment | None:
    """The visit that this one is the other half of: cancelled there minutes ago, same person, same practitioner."""
    connection, visit = news.connection, news.visit
    if visit.patient is None or visit.status != VisitStatus.CONFIRMED:
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
