"""What the messages about a delay say, and whether they are still true when they leave."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.links import link_to
from agenda.message_content import shortest_that_fits
from agenda.message_words import short_name, short_time
from agenda.models import Appointment, RunningLate, Status
from agenda.reach import reach_of
from agenda.running_late.announcing import COMPOSER
from medidesk.cabinets.current import current_cabinet, current_zone
from medidesk.messaging.composing import Answer, Content, Withdrawal, register_composer
from medidesk.messaging.models import Channel, Message


def compose_delay_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message; two queries."""
    wanted = {UUID(one) for message in messages for one in message.facts["visits"]}
    visits = {one.id: one for one in Appointment.objects.filter(id__in=wanted).select_related("patient", "practitioner")}
    day = now.astimezone(current_zone()).date()
    said = dict(RunningLate.objects.filter(day=day).values_list("practitioner_id", "minutes"))
    return {message.id: _answer(message, visits, said, now) for message in messages}


register_composer(COMPOSER, compose_delay_messages)


def _answer(message: Message, visits: dict[UUID, Appointment], said: dict[UUID, int], now: datetime) -> Answer:
    minutes = message.facts["minutes"]
    late = timedelta(minutes=minutes)
    known = [visits[one] for one in map(UUID, message.facts["visits"]) if one in visits]
    coming = [one for one in known if one.status == Status.CONFIRMED and one.start + late > now]
    if not coming:
        return Withdrawal("arrived or over")
    if said.get(coming[0].practitioner_id) != minutes:
        return Withdrawal("another delay")
    reach = reach_of(coming[0].patient)
    if reach is None or reach.channel != message.channel:
        return Withdrawal("no way to reach")
    text = shortest_that_fits(_wordings(coming[0], minutes, alone=len(coming) == 1))
    subject = _("Votre rendez-vous d’aujourd’hui") if message.channel == Channel.EMAIL else ""
    return Content(reach.to, text, subject)


def _wordings(visit: Appointment, minutes: int, *, alone: bool) -> list[str]:
    zone = current_zone()
    link = link_to(visit)
    facts = {
        "cabinet": current_cabinet().name, "who": short_name(visit.practitioner), "minutes": minutes, "link": link,
        "start": short_time(visit.start.astimezone(zone)), "about": short_time((visit.start + timedelta(minutes=minutes)).astimezone(zone)),
    }  # fmt: skip
    if minutes == 0:
        text = _("%(who)s a rattrapé son retard : votre rendez-vous de %(start)s aura lieu à l’heure.")
    elif alone:
        text = _("%(who)s a environ %(minutes)d min de retard : votre rendez-vous de %(start)s aura lieu vers %(about)s.")
    else:
        text = _("%(who)s a environ %(minutes)d min de retard : vos rendez-vous à partir de %(start)s sont décalés d’autant.")
    follow = _(" Suivre : %(link)s") if link else ""
    return [(_("%(cabinet)s : ") + text + follow) % facts, (text + follow) % facts, text % facts]
