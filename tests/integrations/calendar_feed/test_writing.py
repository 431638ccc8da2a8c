"""The iCalendar text, octet by octet and as a reader of the standard understands it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from integrations.calendar_feed.writing import Event, calendar, escaped, folded

PARIS, NOW = ZoneInfo("Europe/Paris"), datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Paris"))
HEAD = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//MediDesk//Agenda//FR
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Dr Alma Delcourt
X-WR-CALNAME:Dr Alma Delcourt
X-WR-TIMEZONE:Europe/Paris
REFRESH-INTERVAL;VALUE=DURATION:PT15M
X-PUBLISHED-TTL:PT15M
BEGIN:VTIMEZONE
TZID:Europe/Paris
"""
VISIT = """END:VTIMEZONE
BEGIN:VEVENT
UID:1@medidesk
DTSTAMP:20260301T230000Z
LAST-MODIFIED:20260301T230000Z
SEQUENCE:2
DTSTART;TZID=Europe/Paris:20261105T143000
DTEND;TZID=Europe/Paris:20261105T150000
SUMMARY:RDV
STATUS:CONFIRMED
TRANSP:OPAQUE
CLASS:PRIVATE
END:VEVENT
END:VCALENDAR
"""


def event(start: datetime, **changes) -> Event:
    """Half an hour from there."""
    values = {"uid": "1@medidesk", "status": "CONFIRMED", "summary": "RDV", "sequence": 0, "changed_at": NOW}
    return Event(start=start, end=start + timedelta(minutes=30), **values | changes)


def written(*events: Event, zone: ZoneInfo = PARIS, name: str = "Dr Alma Delcourt") -> bytes:
    return calendar(events, name=name, zone=zone, now=NOW)


def test_a_calendar_to_the_letter():
    text = written(event(datetime(2026, 11, 5, 14, 30, tzinfo=PARIS), sequence=2)).decode()

    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n", "\n")
    assert (lines[: len(HEAD)], lines[-len(VISIT) :]) == (HEAD, VISIT)


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Marquesas", "America/Miquelon"])
@pytest.mark.parametrize("hours", [0, 1, 2, 3, 4, 24 * 100, 24 * 210 + 1, 24 * 210 + 2, 24 * 210 + 3])
def test_instants_survive_in_every_zone_and_through_both_clock_changes(zone, hours):
    start = datetime(2026, 3, 28, 23, tzinfo=UTC) + timedelta(hours=hours)

    (found,) = Calendar.from_ical(written(event(start), zone=ZoneInfo(zone))).walk("VEVENT")

    assert (found["DTSTART"].dt.astimezone(UTC), found["DTEND"].dt.astimezone(UTC)) == (start, start + timedelta(minutes=30))


@pytest.mark.parametrize("name", ["é" * 100, "a" * 68 + "é", "🩺" * 40, "x" * 200, "a" * 70, "a" * 71])
def test_lines_are_folded_after_75_octets_and_never_inside_a_character(name):
    lines = folded(f"NAME:{name}").split(b"\r\n")

    assert max(len(line) for line in lines) <= 75
    assert [line.decode()[:1] for line in lines[1:-1]] == [" "] * (len(lines) - 2)
    assert b"".join([lines[0], *(line[1:] for line in lines[1:])]).decode() == f"NAME:{name}"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_any_text_comes_back_as_it_was(text):
    (found,) = Calendar.from_ical(written(event(NOW, summary=text))).walk("VEVENT")

    assert str(found["SUMMARY"]) == text


def test_nothing_escapes_from_a_text_value():
    assert escaped("a;b,c\\d\r\nEND:VCALENDAR\x00") == "a\\;b\\,c\\\\d\\nEND:VCALENDAR"
