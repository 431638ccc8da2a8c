"""The waiting list inside other pages of the desk: how many wait, who is being asked, whom a freed time may suit."""

from dataclasses import dataclass

from django import template

from agenda.desk.waiting_list import candidates_count, standing_count
from agenda.models import Appointment, WaitingOffer
from medidesk import clock

register = template.Library()
MOST_OFFERS = 5


@dataclass(frozen=True, slots=True)
class Panel:
    """What the column beside the agenda shows."""

    count: int
    offers: list[WaitingOffer]


@register.simple_tag
def waiting_list_panel() -> Panel:
    """How many wait, and the offers that await an answer; two queries, one when nobody waits."""
    count = standing_count()
    offers = WaitingOffer.objects.filter(state=WaitingOffer.State.OPEN).select_related("entry__patient").order_by("answer_by")
    return Panel(count, list(offers[:MOST_OFFERS]) if count else [])


@register.simple_tag
def waiting_for(visit: Appointment) -> int:
    """How many of the list could take the time of this cancelled visit."""
    return candidates_count(visit, clock.now())
