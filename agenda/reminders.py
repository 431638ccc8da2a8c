"""Which messages a visit wants: confirmation, move, cancellation, reminder. Written with the visit, in its transaction.

What they say, and whether they are still true, is decided when they leave (agenda/reminder_texts.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agenda.actors import Actor
from agenda.models import Appointment, Status
from agenda.reach import channel_for
from agenda.sources import source
from medidesk.cabinets.current import current_zone
from medidesk.messaging.hours import by_day
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_messages
from medidesk.messaging.models import Message

COMPOSER = "appointment"
CONFIRMATION, REQUESTED, MOVED, CANCELLATION, REMINDER = "confirmation", "requested", "moved", "cancellation", "reminder"

REMINDED_BEFORE = timedelta(hours=48)
# A move or a cancellation at the desk is told this long after the last change: several drags are one message, an undo is none.
SECOND_THOUGHTS = timedelta(minutes=2)

_rules: dict[str, Callable[[Appointment], bool]] = {}


def register_reminding(slug: str, rule: Callable[[Appointment], bool]) -> None:
    """Let `rule(appointment)` say whether the cabinet (and not the platform) confirms and reminds the visits of this source."""
    _rules[slug] = rule


def cabinet_reminds(appointment: Appointment) -> bool:
    """Does the cabinet confirm and remind this visit? Unless told otherwise, platforms do so for what they imported."""
    rule = _rules.get(appointment.source)
    return rule(appointment) if rule else source(appointment.source).channel != "platform"


@dataclass(frozen=True, slots=True)
class News:
    """One act on a visit, as the signal tells it."""

    appointment: Appointment
    act: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    actor: Actor
    origin: str
    now: datetime
    told_together: bool = False
    fresh: bool = False

    @property
    def from_platform(self) -> bool:
        """Did a platform do it? Then it tells its patient itself."""
        return self.actor.kind == "platform" or self.origin.startswith("connection:")

    @property
    def told(self) -> dict[str, Any]:
        """What the patient knew of when, with whom and where, before this act."""
        return what_is_told(self.before or self.after)

    @property
    def elsewhere(self) -> bool:
        """Did the time, the practitioner or the place change?"""
        return what_is_told(self.before or self.after) != what_is_told(self.after)


def what_is_told(state: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a visit's state that its patient is told."""
    start = datetime.fromisoformat(state["start"]).astimezone(UTC)
    return {"start": start.isoformat(), "practitioner": state["practitioner"], "site": state["site"]}


def follow(news: News) -> None:
    """Plan and withdraw messages as this act wants it."""
    plans = [plan for plan in _wanted(news) if plan[0] == REMINDER or not news.told_together]
    channel = channel_for(news.appointment.patient) if plans else None
    if channel is None:
        return
    appointment = news.appointment
    plan_messages(
        [
            Plan(
                kind=kind, channel=channel, due_at=due_at, about=appointment.id, about_kind="appointment", composer=COMPOSER,
                facts=facts, by_day_only=kind == REMINDER,
            )
            for kind, due_at, facts in plans
        ],
        now=news.now,
        fresh=news.fresh,
    )  # fmt: skip


Wanted = Sequence[tuple[str, datetime, dict[str, Any]]]


def _wanted(news: News) -> Wanted:
    """(kind, due, facts) of the messages to plan; what they replace is withdrawn on the way."""
    was = news.before["status"] if news.before else None
    if news.act == "cancelled":
        return _cancelled(news)
    if news.act == "undone" and was == Status.CANCELLED:
        return _cancellation_undone(news)
    if news.appointment.status not in (Status.REQUESTED, Status.CONFIRMED):
        return []
    if was is None:
        return _taken(news)
    if was == Status.REQUESTED and news.appointment.status == Status.CONFIRMED:
        return _taken(news)
    if was == Status.CONFIRMED and news.appointment.status == Status.REQUESTED:
        cancel_messages_of(news.appointment.id, why="taken back", kinds=[CONFIRMATION, REMINDER])
        return []
    if news.before and news.before["patient"] is None and news.after["patient"]:
        return _taken(news)
    return _moved(news) if news.elsewhere else []


def _taken(news: News) -> Wanted:
    """Booked, requested, accepted, imported."""
    appointment = news.appointment
    if appointment.start <= news.now or not cabinet_reminds(appointment):
        return []
    if news.from_platform:
        return _reminder(news)
    if appointment.status == Status.REQUESTED:
        return [(REQUESTED, news.now, {})]
    silent = news.act == "imported" or appointment.source == "walk_in"
    return [*([] if silent else [(CONFIRMATION, news.now, {})]), *_reminder(news)]


def _reminder(news: News) -> Wanted:
    """48 h before, by day; nothing for a visit booked later than that: its confirmation is its reminder."""
    appointment = news.appointment
    wanted = appointment.status == Status.CONFIRMED and cabinet_reminds(appointment)
    due = by_day(appointment.start - REMINDED_BEFORE, current_zone())
    return [(REMINDER, due, {"start": appointment.start.isoformat()})] if wanted and due > news.now else []


def _moved(news: News) -> Wanted:
    """Two minutes after the last change, told against what the patient was told last."""
    withdrawn = cancel_messages_of(news.appointment.id, why="moved", kinds=[CONFIRMATION, REQUESTED, MOVED, REMINDER])
    if news.from_platform:
        return _reminder(news)
    if never_told := [message for message in withdrawn if message.kind in (CONFIRMATION, REQUESTED)]:
        return [(never_told[0].kind, news.now, {}), *_reminder(news)]
    facts = {"told": _last_told(withdrawn) or news.told}
    return [(MOVED, news.now + SECOND_THOUGHTS, facts), *_reminder(news)]


def _cancelled(news: News) -> Wanted:
    """At once when the patient did it, else after the time for second thoughts; a platform tells its own cancellations."""
    withdrawn = cancel_messages_of(news.appointment.id, why="cancelled")
    told = _last_told(withdrawn) or news.told
    if news.from_platform or news.appointment.cancelled_by == "platform" or datetime.fromisoformat(told["start"]) <= news.now:
        return []
    at_once = news.appointment.cancelled_by == "patient"
    return [(CANCELLATION, news.now if at_once else news.now + SECOND_THOUGHTS, {"told": told})]


def _cancellation_undone(news: News) -> Wanted:
    """A cancellation that has not left is withdrawn in silence; one that has is answered by a confirmation."""
    withdrawn = cancel_messages_of(news.appointment.id, why="undone", kinds=[CANCELLATION])
    if not withdrawn:
        return _taken(news)
    told = _last_told(withdrawn)
    again: Wanted = [(MOVED, news.now + SECOND_THOUGHTS, {"told": told})] if told and told != what_is_told(news.after) else []
    return [*again, *_reminder(news)]


def _last_told(withdrawn: Sequence[Message]) -> dict[str, Any] | None:
    """What the patient still believes, from a message that did not leave."""
    return next((message.facts["told"] for message in withdrawn if "told" in message.facts), None)
