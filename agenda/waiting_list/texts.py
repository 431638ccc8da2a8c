"""What the messages about offers say, and whether they are still true when they leave.

No reason, no specialty, no patient's name: the time, with whom, until when to answer, the link.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from agenda.message_content import content_of
from agenda.message_words import moment_words, phone_to_call, short_name, short_time
from agenda.models import WaitingOffer
from agenda.reach import channel_for
from agenda.waiting_list.links import link_to_offer
from agenda.waiting_list.offering import OFFERED
from medidesk import french
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Withdrawal
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
    return content_of(message.kind.replace("-", "_"), message.channel, to, _facts(offer, now))


def _facts(offer: WaitingOffer, now: datetime) -> dict[str, Any]:
    """What the templates may say."""
    cabinet = current_cabinet()
    return {
        **moment_words("", offer.start, cabinet.zone, now),
        "answer_by": french.clock_time(offer.answer_by.astimezone(cabinet.zone)),
        "answer_by_short": short_time(offer.answer_by.astimezone(cabinet.zone)),
        "practitioner": offer.practitioner.name,
        "practitioner_short": short_name(offer.practitioner),
        "cabinet_name": cabinet.name,
        "address": "",
        "phone": phone_to_call(offer.site),
        "link": link_to_offer(offer.id),
    }
