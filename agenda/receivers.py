"""What follows an act of the diary: messages to the patient, news to the open pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from agenda.actors import Actor
from agenda.freed_times import Origin, Span, tell_freed
from agenda.grouped_messages import COMPOSER as GROUPED
from agenda.grouped_messages import compose_grouped_messages
from agenda.missed_visits.telling import COMPOSER as MISSED_VISITS
from agenda.missed_visits.telling import tell_of_missed, tell_of_unmissed
from agenda.missed_visits.texts import compose_missed_visits
from agenda.models import Appointment, Hold, Status
from agenda.models.appointment import FREEING
from agenda.reminder_texts import compose_visit_messages
from agenda.reminders import COMPOSER, News, follow
from agenda.signals import appointment_changed, hold_changed
from medidesk import clock, live
from medidesk.cabinets.current import current_zone
from medidesk.messaging.composing import register_composer

register_composer(COMPOSER, compose_visit_messages)
register_composer(GROUPED, compose_grouped_messages)
register_composer(MISSED_VISITS, compose_missed_visits)


@receiver(appointment_changed, dispatch_uid="agenda-plans-messages")
def plan_messages_of_visit(
    appointment: Appointment,
    act: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    actor: Actor,
    origin: str = "",
    told_together: bool = False,
    fresh: bool = False,
    **_: Any,
) -> None:
    """Plan and withdraw messages. The act's instant is the visit's last change: every verb writes it."""
    follow(News(appointment, act, before, after, actor, origin, now=appointment.updated_at, told_together=told_together, fresh=fresh))


@receiver(appointment_changed, dispatch_uid="agenda-tells-of-missed-visits")
def tell_of_missed_visits(appointment: Appointment, before: Mapping[str, Any] | None, after: Mapping[str, Any], **_: Any) -> None:
    """A visit becomes missed, or is no longer: the patient is told what follows."""
    was, now_is = (before["status"] if before else None), after["status"]
    if Status.NO_SHOW in (was, now_is) and was != now_is:
        tell = tell_of_missed if now_is == Status.NO_SHOW else tell_of_unmissed
        tell(appointment, appointment.updated_at)


@receiver(appointment_changed, dispatch_uid="agenda-tells-open-pages")
def tell_open_pages(appointment: Appointment, before: Mapping[str, Any] | None, after: Mapping[str, Any], **_: Any) -> None:
    """Tell where the visit is now, and where it was if that is another day or practitioner."""
    places = {_place(state) for state in (before, after) if state}
    for practitioner, day in sorted(places):
        live.publish("appointment", id=appointment.id, practitioner=practitioner, day=day, version=appointment.version)


@receiver(hold_changed, dispatch_uid="agenda-tells-open-pages-of-holds")
def tell_open_pages_of_hold(hold: Hold, act: str, **_: Any) -> None:
    """Tell that a time is held or free again; a hold that was used is told by its visit."""
    if act != "used":
        day = hold.start.astimezone(current_zone()).date()
        live.publish("hold", id=hold.id, practitioner=hold.practitioner_id, day=day, version=None)


@receiver(appointment_changed, dispatch_uid="agenda-tells-of-time-freed-by-visits")
def tell_of_time_freed(
    appointment: Appointment, before: Mapping[str, Any] | None, after: Mapping[str, Any], actor: Actor, **_: Any
) -> None:
    """A visit that is cancelled, or goes elsewhere, gives its time back. The act's instant is the visit's last change."""
    if before is None or before["status"] in FREEING or (after["status"] not in FREEING and _time(before) == _time(after)):
        return
    practitioner, start, end = _time(before)
    span = Span(UUID(practitioner), datetime.fromisoformat(start), datetime.fromisoformat(end))
    tell_freed([span], origin=Origin.VISIT, by_staff=actor.is_staff, now=appointment.updated_at)


@receiver(hold_changed, dispatch_uid="agenda-tells-of-time-freed-by-holds")
def tell_of_held_time_freed(hold: Hold, act: str, **_: Any) -> None:
    """A held time is free again."""
    if act in ("released", "expired"):
        tell_freed([Span(hold.practitioner_id, hold.start, hold.end)], origin=Origin.HOLD, by_staff=False, now=clock.now())


def _time(state: Mapping[str, Any]) -> tuple[str, str, str]:
    return state["practitioner"], state["start"], state["end"]


def _place(state: Mapping[str, Any]) -> tuple[str, str]:
    day = datetime.fromisoformat(state["start"]).astimezone(current_zone()).date()
    return state["practitioner"], day.isoformat()
