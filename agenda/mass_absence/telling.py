"""One message per household about an absence, planned in the transaction of the acts that it tells."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from agenda.models import MassAbsence, MassAbsenceLine
from medidesk.cabinets.current import current_zone
from medidesk.messaging.hours import by_day
from medidesk.messaging.ledger import Plan, cancel_messages_of, plan_message
from medidesk.messaging.models import Message
from medidesk.messaging.models import Status as Sending

COMPOSER = "mass_absence"
ABSENCE, TAKES_PLACE = "absence", "takes_place"
# A message may wait for the morning only if its reader then still has this long before the visit.
TIME_TO_READ = timedelta(hours=2)

Line = MassAbsenceLine.State


def tell_absence(mass: MassAbsence, lines: Sequence[MassAbsenceLine], channel: str, now: datetime) -> None:
    """One message for these visits, which go to one telephone or mailbox; nothing when none was touched."""
    if not lines:
        return
    about, kind_of_thing = _about(lines)
    for line in lines:
        line.told, line.told_with = channel, about
    _plan(ABSENCE, about, kind_of_thing, channel, lines, now)


def tell_undone(about: UUID, channel: str, lines: Sequence[MassAbsenceLine], now: datetime) -> None:
    """Those who were told, or may have been, hear that their visits take place; a message that has not left is withdrawn, and said
    again only for what could not be put back."""
    back = [line for line in lines if line.state == Line.UNDONE]
    if not back:
        return
    cancel_messages_of(about, why="undone", kinds=[ABSENCE])
    heard = Message.objects.filter(about=about, kind=ABSENCE, status__in=(Sending.SENDING, Sending.SENT)).exists()
    left = [line for line in lines if line.state == Line.STUCK and line.outcome not in ("rebooked", "changed-since")]
    kind_of_thing = _about(lines)[1]
    if heard:
        _plan(TAKES_PLACE, about, kind_of_thing, channel, back, now)
    elif left:
        _plan(ABSENCE, about, kind_of_thing, channel, left, now)


def _about(lines: Sequence[MassAbsenceLine]) -> tuple[UUID, str]:
    """What the ledger says that the message is about: the visit, or for several the first line."""
    return (lines[0].appointment_id, "appointment") if len(lines) == 1 else (lines[0].id, "mass_absence_line")


def _plan(kind: str, about: UUID, kind_of_thing: str, channel: str, lines: Sequence[MassAbsenceLine], now: datetime) -> None:
    morning = by_day(now, current_zone())
    first = min(line.was_start for line in lines)
    plan = Plan(
        kind=kind, channel=channel, due_at=now, about=about, about_kind=kind_of_thing, composer=COMPOSER,
        facts={"lines": [str(line.id) for line in lines]}, by_day_only=first >= morning + TIME_TO_READ,
    )  # fmt: skip
    plan_message(plan, now=now)
