"""What the messages about visits say, and whether they are still true when they leave.

No reason, no specialty, no patient's name: date, time, practitioner, cabinet, link. The page behind the link shows more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from agenda.links import link_to
from agenda.models import Appointment, Practitioner, Status
from agenda.reminders import CANCELLATION, CONFIRMATION, MOVED, REMINDER, REQUESTED, cabinet_reminds, channel_for
from medidesk import french
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Content, Withdrawal
from medidesk.messaging.models import Channel, Message

# In which status of the visit each kind is still true.
TRUE_IN: dict[str, tuple[str, ...]] = {
    CONFIRMATION: (Status.CONFIRMED,),
    REQUESTED: (Status.REQUESTED,),
    MOVED: (Status.REQUESTED, Status.CONFIRMED),
    CANCELLATION: (Status.CANCELLED,),
    REMINDER: (Status.CONFIRMED,),
}


def compose_visit_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the visits."""
    wanted = {message.about for message in messages}
    visits = {visit.id: visit for visit in Appointment.objects.filter(id__in=wanted).select_related("patient", "practitioner", "site")}
    return {message.id: _answer(message, visits.get(message.about), now) for message in messages}


def _answer(message: Message, visit: Appointment | None, now: datetime) -> Answer:
    if visit is None or visit.patient is None:
        return Withdrawal("nobody to tell")
    if why := _no_longer_true(message, visit, now):
        return Withdrawal(why)
    to = visit.patient.phone if message.channel == Channel.SMS else visit.patient.email
    if channel_for(visit.patient) is None or not to:
        return Withdrawal("no way to reach")
    return _worded(message, visit, to, now)


def _no_longer_true(message: Message, visit: Appointment, now: datetime) -> str:
    """Why the message must not leave any more; empty when it is true."""
    if visit.status not in TRUE_IN[message.kind]:
        return "undone" if message.kind == CANCELLATION else str(visit.status)
    if visit.start <= now and message.kind != CANCELLATION:
        return "too late"
    if message.kind == REMINDER and datetime.fromisoformat(message.facts["start"]) != visit.start:
        return "moved"
    if message.kind == MOVED and _same(message.facts["told"], visit):
        return "moved back"
    if message.kind in (CONFIRMATION, REQUESTED, REMINDER) and not cabinet_reminds(visit):
        return "reminded by the platform"
    return ""


def _same(told: dict[str, Any], visit: Appointment) -> bool:
    site = visit.site_id and str(visit.site_id)
    return (datetime.fromisoformat(told["start"]), told["practitioner"], told["site"]) == (visit.start, str(visit.practitioner_id), site)


def _worded(message: Message, visit: Appointment, to: str, now: datetime) -> Content:
    kind = REQUESTED if message.kind == MOVED and visit.status == Status.REQUESTED else message.kind
    facts = _facts(message, visit, now)
    if message.channel == Channel.SMS:
        return Content(to, _one_line(render_to_string(f"sms/{kind}.txt", facts)))
    subject = _one_line(render_to_string(f"emails/{kind}/subject.txt", facts))
    text = render_to_string(f"emails/{kind}/body.txt", facts).strip() + "\n"
    return Content(to, text, subject, render_to_string(f"emails/{kind}/body.html", facts))


def _facts(message: Message, visit: Appointment, now: datetime) -> dict[str, Any]:
    """What the templates may say. A cancellation names the time that the patient knew."""
    cabinet = current_cabinet()
    told = message.facts.get("told")
    start = datetime.fromisoformat(told["start"]) if told and message.kind == CANCELLATION else visit.start
    phone = (visit.site.phone if visit.site else "") or cabinet.phone
    return {
        **_moment("", start, cabinet.zone, now),
        **(_moment("former_", datetime.fromisoformat(told["start"]), cabinet.zone, now) if told else {}),
        "moved_time": bool(told) and datetime.fromisoformat(told["start"]) != visit.start,
        "practitioner": visit.practitioner.name,
        "practitioner_short": _short_name(visit.practitioner),
        "cabinet_name": cabinet.name,
        "address": _address(visit),
        "phone": french.phone(phone) if phone else "",
        "link": link_to(visit),
        "by_patient": visit.cancelled_by == "patient",
    }


def _moment(prefix: str, start: datetime, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """The instant in words, and short for an SMS, in the cabinet's wall time."""
    wall, today = start.astimezone(zone), now.astimezone(zone).date()
    return {
        f"{prefix}moment": french.long_moment(wall, today),
        f"{prefix}moment_short": f"{_short_day(wall.date(), today)} à {_short_time(wall)}",
    }


def _short_day(day: date, today: date) -> str:
    """« mardi 24/11 », with its year when that is not the year of `today`."""
    text = f"{french.WEEKDAYS[day.weekday()]} {day:%d/%m}"
    return text if day.year == today.year else f"{text}/{day.year}"


def _short_time(wall: datetime) -> str:
    """« 9h20 », « 14h »."""
    return f"{wall.hour}h{wall.minute:02d}" if wall.minute else f"{wall.hour}h"


def _short_name(practitioner: Practitioner) -> str:
    """« Dr Aubry »; without a title, « Claire Vasseur »."""
    return f"{practitioner.title or practitioner.first_name} {practitioner.last_name}"


def _address(visit: Appointment) -> str:
    if visit.site is None:
        return ""
    city = f"{visit.site.postal_code} {visit.site.city}".strip()
    return ", ".join(part for part in (visit.site.address_line, city) if part)


def _one_line(text: str) -> str:
    """The text without the template's line breaks; non-breaking spaces stay."""
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)
