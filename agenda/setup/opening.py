"""The set-up's acts that give time: what becomes open by them is told as freed time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from agenda.calendar.wall_time import epoch_minute_up, instant_of
from agenda.free_times.opened import opened
from agenda.free_times.schedule import current_schedule
from agenda.freed_times import Origin, Span, reasons_waited_for, tell_freed
from medidesk.cabinets.current import current_zone

# First and last day on which a row of the set-up has a say; None: from ever, for ever.
Days = tuple[date | None, date | None]
LONGEST = timedelta(days=366)


@contextmanager
def telling_what_opens(days: Sequence[Days], now: datetime) -> Iterator[None]:
    """Tell what the act inside opens on these days, within a year. One query while nobody waits for anything, none without days."""
    reasons = reasons_waited_for() if days else frozenset()
    if not reasons:
        yield
        return
    before = current_schedule()
    yield
    after = current_schedule()
    minute = epoch_minute_up(now)
    found = opened(before, after, reasons, _hull(days, now), minute)
    spans = [Span(practitioner, instant_of(max(low, minute)), instant_of(high)) for practitioner, (low, high) in found if high > minute]
    tell_freed(spans, origin=Origin.OPENING, by_staff=True, now=now)


def _hull(days: Sequence[Days], now: datetime) -> tuple[date, date]:
    """The days [first, last) from today to a year ahead in which any of them lies."""
    today = now.astimezone(current_zone()).date()
    first = min(today if low is None else max(low, today) for low, _high in days)
    last = max(today + LONGEST if high is None else min(high, today + LONGEST) for _low, high in days)
    return first, last + timedelta(days=1)
