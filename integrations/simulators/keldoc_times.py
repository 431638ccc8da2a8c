"""The times that Keldoc offers: ranges for a week at most, starts for two months at most. Raises Invalid."""

from datetime import date, datetime, timedelta
from typing import Any

from integrations.simulators import clock
from integrations.simulators.directory import Motive, Practitioner
from integrations.simulators.engine import Answer, Call
from integrations.simulators.errors import Invalid
from integrations.simulators.keldoc_reading import number
from integrations.simulators.openings import free_days

LONGEST_AVAILABILITIES = timedelta(days=7)
LONGEST_SLOTS = timedelta(days=62)


def availabilities(call: Call) -> Answer:
    """GET /availabilities?agenda_ids=&start_date=&end_date=: free ranges in the opening hours; no motive named means every one."""
    first, last = _window(call, LONGEST_AVAILABILITIES)
    found = [each for who in _agendas(call) for day in _days(first, last) for each in _ranges(call, who, day)]
    return Answer(200, found)


def available_slots(call: Call) -> Answer:
    """GET /available_slots?motive_id=&agenda_ids=&start_date=&end_date=: the free starts for one motive."""
    first, last = _window(call, LONGEST_SLOTS)
    motive = call.engine.directory.motive(call.query.get("motive_id"))
    if motive is None:
        raise Invalid("motive_id", "unknown" if "motive_id" in call.query else "missing")
    return Answer(200, [each for who in _agendas(call) for each in _slots(call, who, motive, first, (last - first).days)])


def _slots(call: Call, who: Practitioner, motive: Motive, first: date, days: int) -> list[dict[str, Any]]:
    length = timedelta(minutes=motive.duration)
    found = free_days(call.engine.visits, who, motive, first, days, clock.now())
    return [_shown(who, start, start + length, [motive.id]) for day in found for start in day.starts]


def _ranges(call: Call, who: Practitioner, day: date) -> list[dict[str, Any]]:
    """The opening hours of a day, cut where a visit or a closed time stands."""
    found = []
    for hours in (each for each in who.hours if each.weekday == day.weekday()):
        free, end = datetime.combine(day, hours.start, who.zone), datetime.combine(day, hours.end, who.zone)
        for taken, until in sorted(call.engine.visits.taken(who.id, free, end)):
            if taken > free:
                found.append(_shown(who, free, taken, []))
            free = max(free, until)
        if free < end:
            found.append(_shown(who, free, end, []))
    return found


def _shown(who: Practitioner, start: datetime, end: datetime, motives: list[str]) -> dict[str, Any]:
    times = {"start_time": start.astimezone(who.zone).isoformat(), "end_time": end.astimezone(who.zone).isoformat()}
    return {"agenda_id": number(who.id)} | times | {"motive_ids": [number(each) for each in motives]}


def _agendas(call: Call) -> list[Practitioner]:
    wanted = [each for each in call.query.get("agenda_ids", "").split(",") if each]
    known = {each.id: each for each in call.engine.directory.practitioners(call.scope)}
    if not set(wanted) <= known.keys():
        raise Invalid("agenda_ids", "unknown")
    return [each for each in known.values() if not wanted or each.id in wanted]


def _window(call: Call, longest: timedelta) -> tuple[date, date]:
    """First day and the day after the last. Raises Invalid when that is longer than allowed."""
    try:
        first, last = (date.fromisoformat(call.query[name]) for name in ("start_date", "end_date"))
    except (KeyError, ValueError) as error:
        raise Invalid("start_date", "two dates expected") from error
    if not timedelta() <= last - first <= longest:
        raise Invalid("end_date", f"at most {longest.days} days")
    return first, last + timedelta(days=1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=index) for index in range((last - first).days)]
