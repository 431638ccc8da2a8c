"""The reminders of one household's visits of one day leave as one message: the first that is due names them all.

Every visit keeps its own message in the ledger, with its own pointer. The one that leaves first notes in its facts for which others it
speaks; these are withdrawn when they come due, once it has left. What is true is seen when it leaves: a visit that was moved or cancelled
meanwhile is not named, and a visit for which nobody spoke speaks for itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from agenda.calendar.wall_time import day_range, instant_of
from agenda.models import Appointment, Status
from agenda.reach import Reach, address_for
from agenda.reminders import REMINDER
from medidesk.cabinets.current import current_zone
from medidesk.messaging.composing import Later, Withdrawal
from medidesk.messaging.models import Channel, Message
from medidesk.messaging.models import Status as Sending

SPOKEN_FOR = "spoken_for"
# How long a reminder waits for the one that speaks for it and is just leaving.
PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A visit's message that is still true, where it goes, and the day of the visit."""

    message: Message
    visit: Appointment
    reach: Reach
    day: date

    @property
    def turn(self) -> tuple[datetime, datetime, str]:
        """In which order the reminders of a household are due."""
        return self.message.due_at, self.visit.start, str(self.message.id)

    @property
    def is_unfinished(self) -> bool:
        """Is it still to leave?"""
        return self.message.status in (Sending.PLANNED, Sending.SENDING)


def reminder_of(message: Message, visit: Appointment) -> Reminder | None:
    """The reminder, when its patient can be reached by its channel."""
    to = address_for(visit.patient, message.channel)
    if not to:
        return None
    return Reminder(message, visit, Reach(message.channel, to.lower()), visit.start.astimezone(current_zone()).date())


def said_together(mine: Sequence[Reminder], is_true: Callable[[Message, Appointment], bool]) -> dict[UUID, list[Reminder]]:
    """For each reminder, those of its household and day that have left or are to leave, itself apart; two queries."""
    if not mine:
        return {}
    found: dict[tuple[Reach, date], list[Reminder]] = {}
    for one in _around(mine, is_true):
        found.setdefault((one.reach, one.day), []).append(one)
    return {one.message.id: [other for other in found.get((one.reach, one.day), ()) if other.message.id != one.message.id] for one in mine}


def speaks_for(one: Reminder, others: Iterable[Reminder], now: datetime) -> list[Reminder] | Withdrawal | Later:
    """The reminders that this one's message names, itself first; or why it does not leave, or not yet."""
    others = list(others)
    if any(other.message.status == Sending.SENT and str(one.message.id) in other.message.facts.get(SPOKEN_FOR, ()) for other in others):
        return Withdrawal("said with another")
    if any(other.is_unfinished and other.turn < one.turn for other in others):
        return Later(now + PATIENCE)
    # An attempt that failed may have arrived all the same: the next one speaks for nobody more.
    before = one.message.facts.get(SPOKEN_FOR)
    later = [other for other in others if other.is_unfinished and (before is None or str(other.message.id) in before)]
    return [one, *sorted(later, key=lambda other: other.turn)]


def _around(mine: Sequence[Reminder], is_true: Callable[[Message, Appointment], bool]) -> list[Reminder]:
    """The reminders, true ones, of visits on these days of whoever has one of these numbers or addresses."""
    zone, days = current_zone(), [one.day for one in mine]
    low, high = instant_of(day_range(zone, min(days))[0]), instant_of(day_range(zone, max(days))[1])
    numbers = {one.reach.to for one in mine if one.reach.channel == Channel.SMS}
    addresses = {one.reach.to for one in mine if one.reach.channel == Channel.EMAIL}
    whose = Q(patient__phone__in=numbers) | Q(address__in=addresses)
    rows = Appointment.objects.annotate(address=Lower("patient__email")).filter(whose, status=Status.CONFIRMED)
    rows = rows.filter(start__gte=low, start__lt=high).select_related("patient", "practitioner", "site")
    visits = {visit.id: visit for visit in rows}
    messages = Message.objects.filter(about__in=visits, kind=REMINDER, status__in=(Sending.PLANNED, Sending.SENDING, Sending.SENT))
    true = ((message, visits[message.about]) for message in messages if message.about and is_true(message, visits[message.about]))
    return [found for message, visit in true if (found := reminder_of(message, visit)) is not None]
