"""Two visits on one time: one stays, the patient of the other is offered other times in one message and chooses by its link.

The visit keeps its place, in conflict, until the patient (or the desk) moves it: nobody loses a time by an offer.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import UnknownReference
from agenda.models import Appointment, Status
from agenda.models.appointment import FREEING
from agenda.reach import Reach, reach_of
from medidesk.errors import Refused
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_messages
from medidesk.messaging.models import Message
from medidesk.messaging.models import Status as Sending

COMPOSER = CONFLICT_OFFER = "conflict_offer"


@transaction.atomic
def offer_other_times(appointment_id: UUID, times: Sequence[datetime], *, actor: Actor, now: datetime) -> Reach:
    """Send the patient these times of the same practitioner or another, soonest first; answers where the message goes.

    An earlier offer that has not left is withdrawn. Raises UnknownReference, Refused (`not-in-conflict`, `no-times`,
    `no-way-to-reach`).
    """
    rows = Appointment.objects.select_for_update(no_key=True, of=("self",)).select_related("patient")
    visit = rows.filter(pk=appointment_id, status__in=(Status.REQUESTED, Status.CONFIRMED), start__gt=now).first()
    if visit is None:
        raise UnknownReference("/appointment")
    if not _shares_its_time(visit):
        raise Refused(_("Ce rendez-vous n’est plus en conflit."), code="not-in-conflict")
    if not times:
        raise Refused(_("Aucun horaire équivalent n’est libre."), code="no-times")
    reach = reach_of(visit.patient)
    if reach is None:
        raise Refused(_("Ce patient n’a ni mobile ni e-mail\u00a0: appelez-le."), code="no-way-to-reach")
    cancel_messages_of(visit.pk, why="another offer", kinds=[CONFLICT_OFFER])
    facts = {"start": visit.start.isoformat(), "times": [one.isoformat() for one in sorted(times)], "by": actor.name}
    plan = Plan(
        kind=CONFLICT_OFFER, channel=reach.channel, due_at=now, about=visit.pk, about_kind="appointment", composer=COMPOSER, facts=facts
    )
    plan_messages([plan], now=now)
    return reach


def offers_made(visits: Sequence[Appointment]) -> dict[UUID, datetime]:
    """When each visit's patient was last offered other times than the one it has now; one query."""
    starts = {visit.pk: visit.start.isoformat() for visit in visits}
    told = Message.objects.filter(about__in=starts, kind=CONFLICT_OFFER).exclude(status=Sending.CANCELLED).order_by("created_at")
    return {one.about: one.created_at for one in told if one.about is not None and one.facts["start"] == starts[one.about]}


def _shares_its_time(visit: Appointment) -> bool:
    others = Appointment.objects.filter(practitioner_id=visit.practitioner_id, start__lt=visit.end, end__gt=visit.start)
    return others.exclude(pk=visit.pk).exclude(status__in=FREEING).exists()
