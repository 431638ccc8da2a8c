"""What the message about a time taken twice says, and whether it is still true when it leaves. No patient's name, no reason."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.conflict_offers import COMPOSER
from agenda.links import link_to
from agenda.message_content import email_of, shortest_that_fits
from agenda.message_words import phone_to_call, short_day, short_name, short_time
from agenda.models import Appointment, Status
from agenda.reach import reach_of
from medidesk import french
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Content, Withdrawal, register_composer
from medidesk.messaging.models import Channel, Message


def compose_conflict_offers(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the visits."""
    wanted = {message.about for message in messages}
    visits = {one.id: one for one in Appointment.objects.filter(id__in=wanted).select_related("patient", "practitioner", "site")}
    return {message.id: _answer(message, visits.get(message.about), now) for message in messages}


register_composer(COMPOSER, compose_conflict_offers)


def _answer(message: Message, visit: Appointment | None, now: datetime) -> Answer:
    if visit is None or visit.status not in (Status.REQUESTED, Status.CONFIRMED) or visit.start <= now:
        return Withdrawal("no longer true")
    if visit.start.isoformat() != message.facts["start"]:
        return Withdrawal("moved")
    reach = reach_of(visit.patient)
    if reach is None or reach.channel != message.channel:
        return Withdrawal("no way to reach")
    facts = _facts(visit, [datetime.fromisoformat(one) for one in message.facts["times"]], now)
    if reach.channel == Channel.SMS:
        return Content(reach.to, shortest_that_fits(_sms(facts)))
    return email_of(COMPOSER, reach.to, facts)


def _facts(visit: Appointment, times: Sequence[datetime], now: datetime) -> dict[str, Any]:
    cabinet = current_cabinet()
    zone, today = cabinet.zone, now.astimezone(cabinet.zone).date()
    walls = [one.astimezone(zone) for one in times if one > now]
    was = visit.start.astimezone(zone)
    return {
        "cabinet_name": cabinet.name,
        "practitioner": visit.practitioner.name,
        "who": short_name(visit.practitioner),
        "moment": french.long_moment(was, today),
        "was": _("%(day)s à %(time)s") % {"day": short_day(was.date(), today), "time": short_time(was)},
        "was_short": f"{was:%d/%m} {short_time(was)}",
        "moments": [french.long_moment(wall, today) for wall in walls],
        "times": ", ".join(f"{wall:%d/%m} {short_time(wall)}" for wall in walls),
        "link": link_to(visit),
        "phone": phone_to_call(visit.site),
    }


def _sms(facts: dict[str, Any]) -> list[str]:
    """The wordings, the fullest first."""
    end = _("Choisissez : %(link)s") if facts["link"] else _("Appelez le %(phone)s.")
    free = _("Libres : %(times)s. ") if facts["times"] else ""
    return [
        (_("%(cabinet_name)s : l’horaire de votre rendez-vous du %(was)s, %(who)s, a été pris deux fois. ") + free + end) % facts,
        (_("Votre rendez-vous du %(was)s, %(who)s, doit changer d’heure. ") + free + end) % facts,
        (_("RDV du %(was_short)s à changer. ") + free + end) % facts,
    ]
