"""What the messages about missed visits say, and whether they are still true when they leave. No name, no reason, no specialty: what is
closed, until when, that the telephone remains, and where to contest."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from agenda.free_times.online_closing import OPEN, Standing, standings_of
from agenda.links import link_to
from agenda.message_content import content_of
from agenda.message_words import phone_to_call
from agenda.missed_visits.telling import CLOSING, KEPT
from agenda.models import Appointment, ClosingReview
from agenda.reach import address_for
from medidesk import french
from medidesk.cabinets.current import current_cabinet, current_zone
from medidesk.messaging.composing import Answer, Withdrawal
from medidesk.messaging.models import Message


def last_day(until: datetime) -> date:
    """The last day of a step: it ends at the midnight that follows."""
    return (until.astimezone(current_zone()) - timedelta(microseconds=1)).date()


def compose_missed_visits(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the visits and one at where their patients stand."""
    wanted = {message.about for message in messages}
    visits = {visit.id: visit for visit in Appointment.objects.filter(id__in=wanted).select_related("patient", "site")}
    standings = standings_of([visit.patient_id for visit in visits.values() if visit.patient_id], now)
    return {message.id: _answer(message, visits.get(message.about), standings, now) for message in messages}


def _answer(message: Message, visit: Appointment | None, standings: dict[UUID, Standing], now: datetime) -> Answer:
    if visit is None or visit.patient is None:
        return Withdrawal("nobody to tell")
    standing = standings.get(visit.patient_id, OPEN)
    if why := _no_longer_true(message, visit, standing):
        return Withdrawal(why)
    to = address_for(visit.patient, message.channel)
    if not to:
        return Withdrawal("no way to reach")
    return content_of(message.kind, message.channel, to, _facts(message, visit, standing, now))


def _no_longer_true(message: Message, visit: Appointment, standing: Standing) -> str:
    """Why the message must not leave any more; empty when it is true."""
    if message.kind in (CLOSING, KEPT):
        if not standing.holds or standing.because_of != visit.id:
            return "open"
        return "" if message.kind == CLOSING or standing.decision == ClosingReview.Decision.KEPT else "not kept"
    return "closed" if standing.is_closed else ""


def _facts(message: Message, visit: Appointment, standing: Standing, now: datetime) -> dict[str, Any]:
    cabinet = current_cabinet()
    today = now.astimezone(cabinet.zone).date()
    return {
        "closes": standing.is_closed,
        "validates": standing.is_validated,
        "was_closed": message.facts["closes"],
        "last_day": french.long_day(last_day(standing.until), today) if standing.until else "",
        "last_day_short": f"{last_day(standing.until):%d/%m/%Y}" if standing.until else "",
        "cabinet_name": cabinet.name,
        "phone": phone_to_call(visit.site),
        "link": link_to(visit),
    }
