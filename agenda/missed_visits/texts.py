"""What the messages about missed visits say, and whether they are still true when they leave. No name, no reason, no specialty: what is
closed, until when, that the telephone remains, and where to contest."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from agenda.free_times.online_closing import OPEN, Standing, standings_of
from agenda.links import link_to
from agenda.missed_visits.telling import CLOSING, KEPT
from agenda.models import Appointment, ClosingReview
from agenda.reminders import channel_for
from medidesk import french
from medidesk.cabinets.current import current_cabinet, current_zone
from medidesk.messaging.composing import Answer, Content, Withdrawal
from medidesk.messaging.models import Channel, Message


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
    to = visit.patient.phone if message.channel == Channel.SMS else visit.patient.email
    if channel_for(visit.patient) is None or not to:
        return Withdrawal("no way to reach")
    facts = _facts(message, visit, standing, now)
    if message.channel == Channel.SMS:
        return Content(to, _one_line(render_to_string(f"sms/{message.kind}.txt", facts)))
    subject = _one_line(render_to_string(f"emails/{message.kind}/subject.txt", facts))
    text = render_to_string(f"emails/{message.kind}/body.txt", facts).strip() + "\n"
    return Content(to, text, subject, render_to_string(f"emails/{message.kind}/body.html", facts))


def _no_longer_true(message: Message, visit: Appointment, standing: Standing) -> str:
    """Why the message must not leave any more; empty when it is true."""
    if message.kind in (CLOSING, KEPT):
        if not standing.holds or standing.because_of != visit.id:
            return "open"
        return "" if message.kind == CLOSING or standing.decision == ClosingReview.Decision.KEPT else "not kept"
    return "closed" if standing.is_closed else ""


def _facts(message: Message, visit: Appointment, standing: Standing, now: datetime) -> dict[str, Any]:
    cabinet = current_cabinet()
    phone = (visit.site.phone if visit.site else "") or cabinet.phone
    today = now.astimezone(cabinet.zone).date()
    return {
        "closes": standing.is_closed,
        "validates": standing.is_validated,
        "was_closed": message.facts["closes"],
        "last_day": french.long_day(last_day(standing.until), today) if standing.until else "",
        "last_day_short": f"{last_day(standing.until):%d/%m/%Y}" if standing.until else "",
        "cabinet_name": cabinet.name,
        "phone": french.phone(phone) if phone else "",
        "link": link_to(visit),
    }


def _one_line(text: str) -> str:
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)
