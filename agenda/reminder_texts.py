"""What the messages about visits say, and whether they are still true when they leave.

No reason, no specialty, no patient's name: date, time, practitioner, cabinet, link. The page behind the link shows more.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from agenda.grouped_messages import several_reminded
from agenda.grouped_reminders import SPOKEN_FOR, Reminder, reminder_of, said_together, speaks_for
from agenda.links import link_to
from agenda.message_content import content_of
from agenda.message_words import address, moment_words, phone_to_call, short_name
from agenda.models import Appointment, Status
from agenda.reach import address_for
from agenda.reminders import CANCELLATION, CONFIRMATION, MOVED, REMINDER, REQUESTED, cabinet_reminds
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Content, Withdrawal
from medidesk.messaging.models import Message

# In which status of the visit each kind is still true.
TRUE_IN: dict[str, tuple[str, ...]] = {
    CONFIRMATION: (Status.CONFIRMED,),
    REQUESTED: (Status.REQUESTED,),
    MOVED: (Status.REQUESTED, Status.CONFIRMED),
    CANCELLATION: (Status.CANCELLED,),
    REMINDER: (Status.CONFIRMED,),
}


def compose_visit_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the visits; reminders of one household and day are one message."""
    wanted = {message.about for message in messages}
    visits = {visit.id: visit for visit in Appointment.objects.filter(id__in=wanted).select_related("patient", "practitioner", "site")}
    answers: dict[UUID, Answer] = {}
    reminders: list[Reminder] = []
    for message in messages:
        answer = _answer(message, visits.get(message.about), now)
        if isinstance(answer, Reminder):
            reminders.append(answer)
        else:
            answers[message.id] = answer
    others = said_together(reminders, lambda message, visit: not _no_longer_true(message, visit, now))
    return answers | {one.message.id: _reminder(one, others[one.message.id], now) for one in reminders}


def _answer(message: Message, visit: Appointment | None, now: datetime) -> Answer | Reminder:
    if visit is None or visit.patient is None:
        return Withdrawal("nobody to tell")
    if why := _no_longer_true(message, visit, now):
        return Withdrawal(why)
    to = address_for(visit.patient, message.channel)
    if not to:
        return Withdrawal("no way to reach")
    reminder = reminder_of(message, visit) if message.kind == REMINDER else None
    return reminder or _worded(message, visit, to, now)


def _reminder(one: Reminder, others: Sequence[Reminder], now: datetime) -> Answer:
    """The message that names the household's visits of the day, or why this one does not leave (yet)."""
    named = speaks_for(one, others, now)
    if not isinstance(named, list):
        return named
    to = address_for(one.visit.patient, one.message.channel)
    if len(named) == 1:
        content = _worded(one.message, one.visit, to, now)
    else:
        content = several_reminded([other.visit for other in named], one.message.channel, to, now)
    return replace(content, facts={SPOKEN_FOR: [str(other.message.id) for other in named[1:]]})


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
    return content_of(kind, message.channel, to, _facts(message, visit, now))


def _facts(message: Message, visit: Appointment, now: datetime) -> dict[str, Any]:
    """What the templates may say. A cancellation names the time that the patient knew."""
    cabinet = current_cabinet()
    told = message.facts.get("told")
    start = datetime.fromisoformat(told["start"]) if told and message.kind == CANCELLATION else visit.start
    return {
        **moment_words("", start, cabinet.zone, now),
        **(moment_words("former_", datetime.fromisoformat(told["start"]), cabinet.zone, now) if told else {}),
        "moved_time": bool(told) and datetime.fromisoformat(told["start"]) != visit.start,
        "practitioner": visit.practitioner.name,
        "practitioner_short": short_name(visit.practitioner),
        "cabinet_name": cabinet.name,
        "address": address(visit),
        "phone": phone_to_call(visit.site),
        "link": link_to(visit),
        "by_patient": visit.cancelled_by == "patient",
    }
