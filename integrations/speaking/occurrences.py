"""An iCalendar text as occupied times: what repeats expanded, what cannot be understood set aside. Nothing here talks to anybody.

Calendars come from anywhere: their size, the number of events, the rules of repetition and the time spent are all bounded.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_clock
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from integrations.errors import NotUnderstood

MOST_EVENTS = 20_000
MOST_OCCURRENCES = 20_000
EXPANDED_WITHIN_SECONDS = 20.0
EARLIEST = date(1970, 1, 1)
REPEATS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
PICKY = ("BYMONTH", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYMONTHDAY")
MOST_HOURS_AND_MINUTES = 96  # times a day that a rule may name
WHOLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of one event. `key` is its UID, with its RECURRENCE-ID when it repeats and its day when it lasts more than one."""

    key: str
    start: datetime
    end: datetime
    blocks: bool
    people: frozenset[str]
    summary: str


@dataclass(slots=True)
class Snapshot:
    """All occurrences of a window; `unreadable` are the UIDs of events that could not be understood."""

    occurrences: list[Occurrence] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)


def read_snapshot(raw: bytes, zone: ZoneInfo, start: datetime, end: datetime) -> Snapshot:
    """What takes place from `start` to `end`; floating times and whole days are wall time of `zone`.

    Raises NotUnderstood for what is not one whole calendar.
    """
    found, deadline = Snapshot(), time.monotonic() + EXPANDED_WITHIN_SECONDS
    for uid, events in _series(_calendars(raw)).items():
        if time.monotonic() > deadline:
            raise NotUnderstood("calendar takes too long to expand")
        try:
            found.occurrences += _occurrences(uid, events, zone, start, end)
        except Exception:  # whatever libraries stumble over, one bad event must not hide the others
            found.unreadable.add(uid)
        if len(found.occurrences) > MOST_OCCURRENCES:
            raise NotUnderstood("too many occurrences")
    return found


def _calendars(raw: bytes) -> list[Any]:
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not text[:15].upper() == b"BEGIN:VCALENDAR":
        raise NotUnderstood("not a calendar")
    if not text[-13:].upper() == b"END:VCALENDAR":
        raise NotUnderstood("calendar cut short")
    if text.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise NotUnderstood("too many events")
    try:
        return list(Calendar.from_ical(text, multiple=True))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as problem:
        raise NotUnderstood("not a calendar") from problem


def _series(calendars: Iterable[Any]) -> dict[str, list[Any]]:
    """The events of each UID. One without a UID cannot be recognised again: it is known by what it says."""
    found: dict[str, list[Any]] = defaultdict(list)
    for calendar in calendars:
        for event in calendar.subcomponents:
            if isinstance(event, Event):
                found[str(event.get("UID") or "").strip() or f"{event.get('DTSTART')} {event.get('SUMMARY')}"].append(event)
    return found


def _occurrences(uid: str, events: list[Any], zone: ZoneInfo, start: datetime, end: datetime) -> list[Occurrence]:
    if any(event.errors for event in events):
        raise NotUnderstood("event")
    repeats = len(events) > 1 or any(name in events[0] for name in ("RRULE", "RDATE", "RECURRENCE-ID"))
    expanded: Iterable[Any] = events
    if repeats:
        calendar = Calendar()
        calendar.subcomponents = [_bounded(event, end) for event in _newest(events)]
        query = recurring_ical_events.of(calendar, skip_bad_series=False)
        expanded = query.between(start.astimezone(zone) - 2 * WHOLE, end.astimezone(zone) + 2 * WHOLE)
    return [each for event in expanded for each in _times(uid, event, repeats, zone) if each.start < end and each.end > start]


def _newest(events: list[Any]) -> list[Any]:
    """Of the same occurrence told twice, the one with the highest SEQUENCE."""
    found: dict[str, Any] = {}
    for event in sorted(events, key=lambda each: int(each.get("SEQUENCE", 0))):
        found[str(event["RECURRENCE-ID"].dt) if "RECURRENCE-ID" in event else ""] = event
    return list(found.values())


def _bounded(event: Any, end: datetime) -> Any:
    """The same event, its rules ending with the window. Raises NotUnderstood for rules that nobody's calendar needs."""
    if _day(event["DTSTART"].dt) < EARLIEST:
        raise NotUnderstood("begins too early")
    if "RRULE" not in event:
        return event
    rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
    bounded = copy(event)
    bounded["RRULE"] = [_bounded_rule(rule, event["DTSTART"].dt, end) for rule in rules]
    if len(bounded["RRULE"]) == 1:
        bounded["RRULE"] = bounded["RRULE"][0]
    return bounded


def _bounded_rule(rule: Any, first: date, end: datetime) -> Any:
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    times = len(rule.get("BYHOUR") or [0]) * len(rule.get("BYMINUTE") or [0])
    if frequency not in REPEATS or len(rule.get("BYSECOND") or []) > 1 or times > MOST_HOURS_AND_MINUTES:
        raise NotUnderstood("repeats too often")
    if not _comes_true(rule, frequency, first):
        raise NotUnderstood("may never repeat")
    if "COUNT" in rule:
        return rule
    last = end.astimezone(UTC) + 2 * WHOLE
    limit: date = last if isinstance(first, datetime) and first.tzinfo else last.replace(tzinfo=None)
    limit = limit if isinstance(first, datetime) else last.date()
    until = (rule.get("UNTIL") or [None])[0]
    if until is not None and _day(until) <= _day(limit):
        return rule
    bounded = copy(rule)
    bounded["UNTIL"] = [limit]
    return bounded


def _comes_true(rule: Any, frequency: str, first: date) -> bool:
    """Looking for the next day of a rule that has none takes for ever: such rules, and the odd ones that may hide one, are told here."""
    interval = int((rule.get("INTERVAL") or [1])[0])
    if frequency in ("DAILY", "WEEKLY"):
        return not any(name in rule for name in PICKY) and not (frequency == "DAILY" and interval > 1 and "BYDAY" in rule)
    step = 12 if frequency == "YEARLY" else interval
    months = {int(month) for month in rule.get("BYMONTH") or range(1, 13)}
    if frequency == "MONTHLY" or ("BYMONTH" not in rule and "BYMONTHDAY" not in rule):
        months &= {(first.month - 1 + step * turn) % 12 + 1 for turn in range(12)}
    days = [int(day) for day in rule.get("BYMONTHDAY") or [1]]
    return any(abs(day) <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31) for month in months for day in days)


def _times(uid: str, event: Any, repeats: bool, zone: ZoneInfo) -> Iterator[Occurrence]:
    """The event's time, a piece a day when it lasts longer than one."""
    first, last = event.start, event.end
    start, end = _instant(first, zone), _instant(last, zone)
    if end < start:
        raise NotUnderstood("ends before it begins")
    key = uid + (f"/{_recurrence(event, first, zone)}" if repeats else "")
    said: dict[str, Any] = {"blocks": _blocks(event), "people": _people(event), "summary": str(event.get("SUMMARY") or "")}
    if end - start <= WHOLE:
        if end > start:
            yield Occurrence(key, start, end, **said)
        return
    for day, begin, finish in _days(start, end, zone):
        yield Occurrence(f"{key}+{day:%Y%m%d}", begin, finish, **said)


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[date, datetime, datetime]]:
    """A long time cut at the wall's midnights; 1000 days at most."""
    day = start.astimezone(zone).date()
    for _piece in range(1000):
        midnight = datetime.combine(day + WHOLE, wall_clock(), tzinfo=zone).astimezone(UTC)
        yield day, start, min(end, midnight)
        day, start = day + WHOLE, midnight
        if start >= end:
            return
    raise NotUnderstood("lasts too long")


def _recurrence(event: Any, first: date, zone: ZoneInfo) -> str:
    moment = event["RECURRENCE-ID"].dt if "RECURRENCE-ID" in event else first
    return f"{_instant(moment, zone):%Y%m%dT%H%M%SZ}" if isinstance(moment, datetime) else f"{moment:%Y%m%d}"


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    """UTC; a floating time and a whole day's midnight are the cabinet's."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, wall_clock())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _blocks(event: Any) -> bool:
    """Does it occupy its time? Cancelled, transparent, and what Outlook calls free do not."""
    free = str(event.get("TRANSP") or "").upper() == "TRANSPARENT" or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS") or "").upper() == "FREE"
    return not free and str(event.get("STATUS") or "").upper() != "CANCELLED"


def _people(event: Any) -> frozenset[str]:
    """The addresses of who organises it and of who has not declined."""
    found = []
    for name in ("ORGANIZER", "ATTENDEE"):
        values = event.get(name) or []
        for person in values if isinstance(values, list) else [values]:
            if str(person.params.get("PARTSTAT", "")).upper() != "DECLINED":
                found.append(str(person).casefold().removeprefix("mailto:"))
    return frozenset(found)
