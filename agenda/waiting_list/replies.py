"""What a patient answers by SMS: OUI and NON in the ways people write them. Anything else is read by a person."""

import re
from datetime import datetime, timedelta

from agenda.models import WaitingOffer
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.errors import OfferGone
from agenda.waiting_list.offering import ABOUT, COMPOSER, TOO_LATE
from medidesk.errors import Refused
from medidesk.messaging.ledger import Plan, plan_message
from medidesk.messaging.models import Channel, IncomingMessage
from patients.traits import e164, plain

YES = {"oui", "ouii", "ouais", "ok", "okay", "yes", "accord", "parfait", "volontiers"}
NO = {"non", "no", "nan"}
# What may stand around the answer without changing it.
POLITE = {
    *("bonjour", "bonsoir", "merci", "beaucoup", "svp", "s", "il", "vous", "te", "plait", "bien", "sur", "d", "de", "avec", "plaisir"),
    *("je", "la", "le", "prends", "cette", "heure", "c", "est", "bon", "pour", "moi", "bonne", "journee", "cordialement"),
    *("tant", "pis", "desole", "desolee"),
}
# For so long an answer is still one to the last offer.
REMEMBERED = timedelta(hours=24)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)


def understood(text: str) -> bool | None:
    """True for yes, False for no, None for anything that says more, or both."""
    words = plain(_QUOTED.sub("", text)).split()
    answers = {word in YES for word in words if word in YES or word in NO}
    others = [word for word in words if word not in YES and word not in NO and word not in POLITE]
    return answers.pop() if len(answers) == 1 and not others else None


def hear(message: IncomingMessage, now: datetime) -> str | None:
    """Take the message as the answer to the one offer open for its number; None when a person must read it."""
    answer = understood(message.text)
    if answer is None:
        return None
    offers = WaitingOffer.objects.filter(entry__patient__phone=_number(message.sender), entry__patient__deleted_at=None)
    still_open = list(offers.filter(state=WaitingOffer.State.OPEN)[:2])
    if len(still_open) > 1:
        return None
    if still_open:
        return _yes(still_open[0], now) if answer else _no(still_open[0], now)
    last = offers.filter(sent_at__gt=now - REMEMBERED).order_by("-sent_at").first()
    return _too_late(last, now, answer) if last else None


def _yes(offer: WaitingOffer, now: datetime) -> str:
    try:
        accept(offer.id, now=now)
    except OfferGone:
        tell_gone(offer, now)
        return "too late"
    return "accepted"


def _no(offer: WaitingOffer, now: datetime) -> str:
    decline(offer.id, now=now)
    return "declined"


def _too_late(offer: WaitingOffer, now: datetime, answer: bool) -> str | None:
    """An answer to an offer that has ended: a second yes or no says nothing new; a no after the yes is for a person."""
    if offer.state == WaitingOffer.State.ACCEPTED:
        return "said before" if answer else None
    if answer:
        tell_gone(offer, now)
    return "too late"


def tell_gone(offer: WaitingOffer, now: datetime) -> None:
    """Answer politely, by SMS, that the time is no longer to be had: once an offer."""
    plan = Plan(kind=TOO_LATE, channel=Channel.SMS, due_at=offer.sent_at, about=offer.id, about_kind=ABOUT, composer=COMPOSER)
    plan_message(plan, now=now)


def _number(sender: str) -> str:
    """The sender as patients' files write it; as it came when it is no number."""
    try:
        return e164(sender) or "?"
    except Refused:
        return "?"
