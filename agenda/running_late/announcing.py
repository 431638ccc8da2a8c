"""Saying how late a practitioner runs: once at the desk, then the next patients know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.calendar.wall_time import day_range, instant_of
from agenda.errors import UnknownReference
from agenda.models import Appointment, Practitioner, RunningLate, Status
from agenda.reach import households
from medidesk import live
from medidesk.cabinets.current import current_zone
from medidesk.db.locks import lock_until_commit
from medidesk.errors import Refused
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_messages
from medidesk.messaging.models import Message
from medidesk.messaging.models import Status as Sending

COMPOSER = DELAY = "delay"
MOST_MINUTES = 240
WORTH_TELLING = 10  # minutes more or less than what a patient was told last
TOLD_AHEAD = timedelta(hours=3)
_TOLD = (Sending.PLANNED, Sending.SENDING, Sending.SENT)


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said now, and how many messages leave."""

    delay: RunningLate
    told: int


@transaction.atomic
def announce_delay(*, practitioner_id: UUID, minutes: int, actor: Actor, now: datetime) -> Announced:
    """The practitioner runs `minutes` late today (0: has caught up). Patients of the next three hours who have not arrived are told,
    when it differs by ten minutes from what they know. Raises UnknownReference, Refused `out-of-bounds`."""
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(_("Entre 0 et 240 minutes."), code="out-of-bounds", pointer="/minutes")
    if not Practitioner.objects.filter(pk=practitioner_id, deleted_at=None).exists():
        raise UnknownReference("/practitioner")
    lock_until_commit([practitioner_id])
    day = now.astimezone(current_zone()).date()
    said = {"minutes": minutes, "said_by": actor.name, "said_at": now}
    delay, _created = RunningLate.objects.update_or_create(practitioner_id=practitioner_id, day=day, defaults=said)
    live.publish("delay", id=delay.id, practitioner=practitioner_id, day=day, version=None)
    return Announced(delay, _tell(delay, now))


def clear_delay(*, practitioner_id: UUID, actor: Actor, now: datetime) -> Announced:
    """The practitioner has caught up. Raises what `announce_delay` raises."""
    return announce_delay(practitioner_id=practitioner_id, minutes=0, actor=actor, now=now)


def _tell(delay: RunningLate, now: datetime) -> int:
    """One message per household that knows something else; how many."""
    visits = _visits_of_day(delay)
    ahead = [one for one in visits if one.status == Status.CONFIRMED and now < one.start <= now + TOLD_AHEAD]
    known = _last_told([one.id for one in visits])
    plans = []
    for reach, those in households(ahead).items():
        wanting = [one for one in those if abs(delay.minutes - known.get(one.id, 0)) >= WORTH_TELLING]
        if reach is None or not wanting:
            continue
        facts = {"minutes": delay.minutes, "visits": [str(one.id) for one in wanting]}
        plans.append(
            Plan(
                kind=DELAY, channel=reach.channel, due_at=now, about=wanting[0].id, about_kind="appointment", composer=COMPOSER, facts=facts
            )
        )
    plan_messages(plans, now=now)
    return len(plans)


def _visits_of_day(delay: RunningLate) -> Sequence[Appointment]:
    low, high = day_range(current_zone(), delay.day)
    rows = Appointment.objects.filter(practitioner_id=delay.practitioner_id, start__gte=instant_of(low), start__lt=instant_of(high))
    return rows.select_related("patient").order_by("start", "id")


def _last_told(visit_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each visit's patient was told last, in minutes; what has not left yet is withdrawn, and counts as never said."""
    for about in Message.objects.filter(about__in=visit_ids, kind=DELAY, status=Sending.PLANNED).values_list("about", flat=True).distinct():
        cancel_messages_of(about, why="another delay", kinds=[DELAY])
    told: dict[UUID, int] = {}
    for facts in (
        Message.objects.filter(about__in=visit_ids, kind=DELAY, status__in=_TOLD).order_by("due_at").values_list("facts", flat=True)
    ):
        told |= dict.fromkeys(map(UUID, facts["visits"]), facts["minutes"])
    return told
