"""An exported calendar (iCalendar, RFC 5545) as a table: an event is a line, a repeating one as many lines as it has occurrences."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.utils.translation import gettext as _
from icalendar import Calendar

from integrations.imports.reading import MOST_LINES
from medidesk.errors import Refused

HEADINGS = ("Titre", "Début", "Fin", "Statut", "Catégories", "Lieu", "Description")
KEPT_BEFORE, KEPT_AFTER = timedelta(days=2 * 366), timedelta(days=366)  # for repeating events; single ones are kept whenever they are
MOST_EVENTS = 5_000
MOST_REPEATING = 500
_A_MONTH = timedelta(days=30)
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_WITHIN_A_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_REPEATING = ("RRULE", "RDATE", "RECURRENCE-ID")


def is_calendar(text: str) -> bool:
    """Does the text begin as calendars do?"""
    return text.lstrip()[:15].upper() == "BEGIN:VCALENDAR"


def calendar_as_csv(text: str, zone: ZoneInfo, now: datetime) -> str:
    """The events as the text of a table, times on the wall of `zone`. Raises Refused `file-not-calendar`, `file-empty`, `too-many-lines`,
    `repeats-too-often`."""
    if text.upper().count("BEGIN:VEVENT") > MOST_EVENTS:
        _refuse("too-many-lines", _("Ce calendrier a plus de 5 000 rendez-vous. Exportez-le en plusieurs fichiers."))
    try:
        calendar = Calendar.from_ical(text)
        lines = sorted(_lines(calendar, zone, now))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        _refuse("file-not-calendar", _("Ce fichier n’est pas un calendrier lisible."))
    if not lines:
        _refuse("file-empty", _("Ce calendrier n’a aucun rendez-vous."))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows((title, start, *rest) for start, title, *rest in lines)
    return out.getvalue()


def _lines(calendar: Any, zone: ZoneInfo, now: datetime) -> Iterator[tuple[str, ...]]:
    repeating = Calendar()
    for event in calendar.walk("VEVENT"):
        if any(name in event for name in _REPEATING):
            _refuse_too_often(event)
            repeating.add_component(event)
        else:
            yield _line(event, zone)
    if len(repeating.subcomponents) > MOST_REPEATING:
        _refuse("too-many-lines", _("Ce calendrier a plus de 500 rendez-vous qui se répètent. Exportez-le en plusieurs fichiers."))
    if repeating.subcomponents:
        for zone_of_file in calendar.walk("VTIMEZONE"):
            repeating.add_component(zone_of_file)
        yield from (_line(event, zone) for event in _occurrences(repeating, now))


def _occurrences(repeating: Any, now: datetime) -> Iterator[Any]:
    """Each occurrence once, a month at a time, so that a calendar that never ends is refused before it has been unrolled."""
    query = recurring_ical_events.of(repeating)
    first, found = now - KEPT_BEFORE, 0
    while first < now + KEPT_AFTER:
        until = first + _A_MONTH
        for event in query.between(first, until):
            if _instant(event.start, now) < first:
                continue
            found += 1
            if found > MOST_LINES:
                _refuse("too-many-lines", _("Ce calendrier a plus de 20 000 rendez-vous, répétitions comprises."))
            yield event
        first = until


def _refuse_too_often(event: Any) -> None:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if set(rule) & _WITHIN_A_DAY or {str(often).upper() for often in rule.get("FREQ", [])} & _TOO_OFTEN:
            _refuse("repeats-too-often", _("Ce calendrier a un rendez-vous qui se répète plusieurs fois par jour."))


def _instant(start: date | datetime, now: datetime) -> datetime:
    moment = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _line(event: Any, zone: ZoneInfo) -> tuple[str, ...]:
    start = event.start
    words = [_words(event.get(name)) for name in ("SUMMARY", "STATUS", "CATEGORIES", "LOCATION", "DESCRIPTION")]
    return (_moment(start, zone), words[0], _moment(event.end, zone) if event.end > start else "", *words[1:])


def _moment(moment: date | datetime, zone: ZoneInfo) -> str:
    """On the wall of the cabinet; a floating time is there already, a day has no time."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{moment.astimezone(zone) if moment.tzinfo else moment:%Y-%m-%d %H:%M}"


def _words(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "cats"):
        return ", ".join(str(one) for one in value.cats)
    return " ".join(str(value).split())


def _refuse(code: str, message: str) -> NoReturn:
    raise Refused(message, code=code, pointer="/file")
