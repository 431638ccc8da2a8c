"""One message for several visits booked or cancelled by one act, or reminded of together: one per household, that is per telephone
number or address.

No reason, no specialty, no patient's name: when, with whom, how many, a link. Planned in the transaction of the act; what is said is
decided when the message leaves, from the visits as they then stand.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from agenda.links import link_to
from agenda.message_content import content_of
from agenda.message_words import phone_to_call, short_day, short_name, short_time
from agenda.models import Appointment, Status
from agenda.reach import address_for, households
from agenda.reminders import SECOND_THOUGHTS, cabinet_reminds
from medidesk import french
from medidesk.cabinets.current import current_cabinet, current_zone
from medidesk.messaging.composing import Answer, Content, Withdrawal
from medidesk.messaging.ledger import Plan, plan_messages
from medidesk.messaging.models import Channel, Message

COMPOSER = "several-appointments"
BOOKED, CANCELLED = "several_booked", "several_cancelled"
MOST_LISTED = 3  # in an SMS; more are told by the first and the last
TRUE_IN = {BOOKED: (Status.REQUESTED, Status.CONFIRMED), CANCELLED: (Status.CANCELLED,)}

# What a message is about (a line of a series, a member of a bundle), and the visit.
Told = tuple[UUID, Appointment]


def tell_booked(visits: Sequence[Told], *, now: datetime) -> None:
    """Plan what the patients are told of visits booked together: at once."""
    _plan(BOOKED, [one for one in visits if cabinet_reminds(one[1])], now, now)


def tell_cancelled(visits: Sequence[Told], *, now: datetime, at_once: bool) -> None:
    """Plan what the patients are told of visits cancelled together: at once when they asked for it, else after the second thoughts."""
    _plan(CANCELLED, visits, now if at_once else now + SECOND_THOUGHTS, now)


def compose_grouped_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the visits."""
    wanted = {UUID(one) for message in messages for one in message.facts["visits"]}
    found = Appointment.objects.filter(id__in=wanted).select_related("patient", "practitioner", "site")
    visits = {str(visit.id): visit for visit in found}
    return {message.id: _answer(message, [visits[one] for one in message.facts["visits"] if one in visits], now) for message in messages}


def several_reminded(visits: Sequence[Appointment], channel: str, to: str, now: datetime) -> Content:
    """The reminder of a household's visits of one day. Those of several patients have each its own link, in an SMS that lists them too."""
    each_link = channel == Channel.EMAIL or 1 < len({one.patient_id for one in visits}) <= len(visits) <= MOST_LISTED
    facts = _facts(sorted(visits, key=lambda one: one.start), now, each_link=each_link)
    return content_of("several_reminded", channel, to, facts)


def _plan(kind: str, visits: Sequence[Told], due_at: datetime, now: datetime) -> None:
    about = {visit.id: line for line, visit in visits}
    plans = [
        Plan(
            kind=kind, channel=reach.channel, due_at=due_at, about=about[those[0].id], about_kind="several_appointments", composer=COMPOSER,
            facts={"visits": [str(visit.id) for visit in those]},
        )
        for reach, those in households(visit for _line, visit in visits if visit.start > now).items()
        if reach
    ]  # fmt: skip
    plan_messages(plans, now=now)


def _answer(message: Message, visits: Sequence[Appointment], now: datetime) -> Answer:
    standing = [one for one in visits if one.status in TRUE_IN[message.kind] and one.start > now and one.patient]
    if not standing:
        return Withdrawal("no longer true")
    patient = standing[0].patient
    to = address_for(patient, message.channel)
    if not to:
        return Withdrawal("no way to reach")
    facts = _facts(sorted(standing, key=lambda one: one.start), now, each_link=message.channel == Channel.EMAIL)
    return content_of(message.kind, message.channel, to, facts)


def _facts(visits: Sequence[Appointment], now: datetime, *, each_link: bool) -> dict[str, Any]:
    """What the templates may say; an SMS has room for one link."""
    cabinet, zone = current_cabinet(), current_zone()
    today = now.astimezone(zone).date()
    walls = [one.start.astimezone(zone) for one in visits]
    with_whom = {one.practitioner_id: one.practitioner for one in visits}
    only = next(iter(with_whom.values())) if len(with_whom) == 1 else None
    links = [link_to(one) if each_link or not n else "" for n, one in enumerate(visits)]
    return {
        "count": len(visits),
        "lines": [
            {"moment": french.long_moment(wall, today), "time": short_time(wall), "practitioner": one.practitioner.name, "link": link}
            for wall, one, link in zip(walls, visits, links, strict=True)
        ],
        "moments_short": _in_short(walls, today) if len(walls) <= MOST_LISTED else "",
        "first_time": short_time(walls[0]),
        "first_short": short_day(walls[0].date(), today),
        "last_short": short_day(walls[-1].date(), today),
        "practitioner_short": short_name(only) if only else "",
        "requested": all(one.status == Status.REQUESTED for one in visits),
        "by_patient": all(one.cancelled_by == "patient" for one in visits),
        "cabinet_name": cabinet.name,
        "phone": phone_to_call(*(one.site for one in visits)),
        "link": links[0],
        "links": [one for one in links if one],
    }


def _in_short(walls: Iterable[datetime], today: date) -> str:
    """« mardi 24/11 à 9h et 9h20, jeudi 26/11 à 14h »."""
    days = [(day, [*those]) for day, those in groupby(walls, key=lambda wall: wall.date())]
    return ", ".join(f"{short_day(day, today)} à {' et '.join(map(short_time, those))}" for day, those in days)
