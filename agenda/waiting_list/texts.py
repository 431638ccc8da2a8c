"""What the messages about offers say, and whether they are still true when they leave.

No reason, no specialty, no patient's name: the time, with whom, until when to answer, the link.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from agenda.models import WaitingOffer
from agenda.reminders import channel_for
from agenda.waiting_list.links import link_to_offer
from agenda.waiting_list.offering import OFFERED
from medidesk import french
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Content, Withdrawal
from medidesk.messaging.models import Channel, Message


def compose_offer_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the offers."""
    rows = WaitingOffer.objects.select_related("entry__patient", "practitioner", "site")
    offers = {offer.id: offer for offer in rows.filter(id__in={message.about for message in messages})}
    return {message.id: _answer(message, offers.get(message.about), now) for message in messages}


def _answer(message: Message, offer: WaitingOffer | None, now: datetime) -> Answer:
    if offer is None:
        return Withdrawal("nobody to tell")
    if message.kind == OFFERED and (offer.state != WaitingOffer.State.OPEN or offer.answer_by <= now):
        return Withdrawal(str(offer.state))
    patient = offer.entry.patient
    to = patient.phone if message.channel == Channel.SMS else patient.email
    if not to or (message.kind == OFFERED and channel_for(patient) is None):
        return Withdrawal("no way to reach")
    facts, name = _facts(offer, now), message.kind.replace("-", "_")
    if message.channel == Channel.SMS:
        return Content(to, _one_line(render_to_string(f"sms/{name}.txt", facts)))
    subject = _one_line(render_to_string(f"emails/{name}/subject.txt", facts))
    text = render_to_string(f"emails/{name}/body.txt", facts).strip() + "\n"
    return Content(to, text, subject, render_to_string(f"emails/{name}/body.html", facts))


def _facts(offer: WaitingOffer, now: datetime) -> dict[str, Any]:
    """What the templates may say."""
    cabinet = current_cabinet()
    phone = (offer.site.phone if offer.site else "") or cabinet.phone
    practitioner = offer.practitioner
    return {
        **_moment(offer.start, cabinet.zone, now),
        "answer_by": french.clock_time(offer.answer_by.astimezone(cabinet.zone)),
        "answer_by_short": _short_time(offer.answer_by.astimezone(cabinet.zone)),
        "practitioner": practitioner.name,
        "practitioner_short": f"{practitioner.title or practitioner.first_name} {practitioner.last_name}",
        "cabinet_name": cabinet.name,
        "address": "",
        "phone": french.phone(phone) if phone else "",
        "link": link_to_offer(offer.id),
    }


def _moment(start: datetime, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    wall = start.astimezone(zone)
    short = f"{french.WEEKDAYS[wall.weekday()]} {wall:%d/%m} à {_short_time(wall)}"
    return {"moment": french.long_moment(wall, now.astimezone(zone).date()), "moment_short": short}


def _short_time(wall: datetime) -> str:
    """« 9h20 », « 14h »."""
    return f"{wall.hour}h{wall.minute:02d}" if wall.minute else f"{wall.hour}h"


def _one_line(text: str) -> str:
    """The text without the template's line breaks; non-breaking spaces stay."""
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)
