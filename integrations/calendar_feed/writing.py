"""Visits as an iCalendar text (RFC 5545, 7986): plain values in, octets out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LONGEST_LINE_OCTETS = 75
REFRESH = "PT15M"
_PARIS = (
    "BEGIN:VTIMEZONE", "TZID:Europe/Paris",
    "BEGIN:DAYLIGHT", "DTSTART:19810329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "DTSTART:19961027T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One visit as a calendar shows it; `status` and `summary` in the calendar's words, `sequence` counts its changes."""

    uid: str
    start: datetime
    end: datetime
    status: str
    summary: str
    sequence: int
    changed_at: datetime
    blocks: bool = True


def calendar(events: Iterable[Event], *, name: str, zone: ZoneInfo, now: datetime) -> bytes:
    """The whole calendar, to subscribe to."""
    definition = zone_definition(zone, now)
    return b"".join(folded(line) for line in _lines(events, name, zone if definition else None, str(zone), definition))


def resource(event: Event) -> bytes:
    """One event as CalDAV stores it: its times in UTC, and no METHOD (RFC 4791, 4.1)."""
    begin = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MediDesk//Agenda//FR", "CALSCALE:GREGORIAN")
    return b"".join(folded(line) for line in (*begin, *_event(event, None), "END:VCALENDAR"))


def zone_definition(zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """The zone's VTIMEZONE; empty for one whose clock changes otherwise than Paris's: its times are written in UTC."""
    if zone.key == "Europe/Paris":
        return _PARIS
    offsets = {zone.utcoffset(now.replace(tzinfo=None) + timedelta(days=days)) for days in range(-366, 367, 30)}
    if len(offsets) != 1:
        return ()
    offset = _offset(next(iter(offsets)) or timedelta())
    fixed = ("DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}")
    return ("BEGIN:VTIMEZONE", f"TZID:{zone.key}", "BEGIN:STANDARD", *fixed, "END:STANDARD", "END:VTIMEZONE")


def folded(line: str) -> bytes:
    """One content line, broken after 75 octets at most and never inside a character, ended by CRLF."""
    octets = line.encode()
    if len(octets) <= LONGEST_LINE_OCTETS:
        return octets + b"\r\n"
    parts, begin, room = [], 0, LONGEST_LINE_OCTETS
    while len(octets) - begin > room:
        end = begin + room
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(octets[begin:end])
        begin, room = end, LONGEST_LINE_OCTETS - 1  # the blank that begins the next line counts
    return b"\r\n ".join([*parts, octets[begin:]]) + b"\r\n"


def escaped(text: str) -> str:
    """A text value: backslash, semicolon, comma and newline escaped, control characters gone."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    text = text.replace("\r\n", "\n").replace("\n", "\\n")
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def _lines(events: Iterable[Event], name: str, zone: ZoneInfo | None, zone_name: str, definition: tuple[str, ...]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//MediDesk//Agenda//FR", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    yield from (f"NAME:{escaped(name)}", f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{zone_name}")
    yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}")
    yield from definition
    for event in events:
        yield from _event(event, zone)
    yield "END:VCALENDAR"


def _event(event: Event, zone: ZoneInfo | None) -> Iterator[str]:
    changed = _utc(event.changed_at)
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{changed}", f"LAST-MODIFIED:{changed}", f"SEQUENCE:{event.sequence}")
    yield from (f"DTSTART{_moment(event.start, zone)}", f"DTEND{_moment(event.end, zone)}")
    yield from (f"SUMMARY:{escaped(event.summary)}", f"STATUS:{event.status}")
    yield from (f"TRANSP:{'OPAQUE' if event.blocks else 'TRANSPARENT'}", "CLASS:PRIVATE", "END:VEVENT")


def _moment(moment: datetime, zone: ZoneInfo | None) -> str:
    """Wall time under its zone. The hour that October repeats has only one spelling there: its second pass is written in UTC."""
    if zone is None:
        return f":{_utc(moment)}"
    wall = moment.astimezone(zone)
    return f":{_utc(moment)}" if wall.fold else f";TZID={zone.key}:{wall:%Y%m%dT%H%M%S}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
