"""Other people's calendars as occupied times: what repeats, what floats, what lies, what would never end."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.errors import NotUnderstood
from integrations.speaking.occurrences import Snapshot, read_snapshot

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
START = datetime(2026, 3, 1, tzinfo=PARIS)


def event(*lines: str, uid: str = "a") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def read(*events: str, zone: ZoneInfo = PARIS, days: int = 400) -> Snapshot:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *events, "END:VCALENDAR", ""])
    return read_snapshot(text.encode(), zone, START, START + timedelta(days=days))


def times(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """(key, start, end) in UTC, in order."""
    assert snapshot.unreadable == set()
    return sorted(
        ((each.key, f"{each.start:%m-%dT%H:%M}", f"{each.end:%m-%dT%H:%M}") for each in snapshot.occurrences), key=lambda one: one[1]
    )


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        ("DTSTART:20260302T090000Z", PARIS, "03-02T09:00"),
        ("DTSTART;TZID=Europe/Paris:20260302T090000", REUNION, "03-02T08:00"),
        ("DTSTART;TZID=Romance Standard Time:20260302T090000", PARIS, "03-02T08:00"),
        ("DTSTART:20260302T090000", PARIS, "03-02T08:00"),
        ("DTSTART:20260302T090000", REUNION, "03-02T05:00"),
    ],
)
def test_a_start_in_utc_in_a_zone_or_on_the_cabinets_wall(start, zone, expected):
    ((key, found, _end),) = times(read(event(start, "DURATION:PT30M"), zone=zone))

    assert (key, found) == ("a", expected)


def test_a_whole_day_is_the_cabinets_from_midnight_to_midnight():
    assert times(read(event("DTSTART;VALUE=DATE:20260329"))) == [("a", "03-28T23:00", "03-29T22:00")]  # 23 hours: the clock changes


def test_what_lasts_longer_is_cut_at_midnight():
    assert times(read(event("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304"))) == [
        ("a+20260302", "03-01T23:00", "03-02T23:00"),
        ("a+20260303", "03-02T23:00", "03-03T23:00"),
    ]


def test_a_weekly_series_keeps_its_wall_time_over_the_clock_change_and_leaves_out_its_exceptions():
    weekly = event("DTSTART;TZID=Europe/Paris:20260316T140000", "DTEND;TZID=Europe/Paris:20260316T150000",
                   "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Paris:20260323T140000")  # fmt: skip

    assert times(read(weekly)) == [
        ("a/20260316T130000Z", "03-16T13:00", "03-16T14:00"),
        ("a/20260330T120000Z", "03-30T12:00", "03-30T13:00"),
        ("a/20260406T120000Z", "04-06T12:00", "04-06T13:00"),
    ]


def test_an_occurrence_that_moved_keeps_its_key():
    weekly = event("DTSTART;TZID=Europe/Paris:20260316T140000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Paris:20260323T140000", "DTSTART;TZID=Europe/Paris:20260324T090000", "DURATION:PT1H", "SEQUENCE:1"
    )

    assert times(read(weekly, moved)) == [
        ("a/20260316T130000Z", "03-16T13:00", "03-16T14:00"),
        ("a/20260323T130000Z", "03-24T08:00", "03-24T09:00"),
    ]


def test_a_series_without_end_ends_with_the_window():
    found = read(event("DTSTART;TZID=Europe/Paris:20200101T080000", "DURATION:PT1H", "RRULE:FREQ=DAILY"), days=30)

    assert (len(found.occurrences), found.unreadable) == (30, set())


@pytest.mark.parametrize(
    ("line", "blocks"),
    [
        ("STATUS:CONFIRMED", True),
        ("STATUS:TENTATIVE", True),
        ("STATUS:CANCELLED", False),
        ("TRANSP:OPAQUE", True),
        ("TRANSP:TRANSPARENT", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", False),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
    ],
)
@pytest.mark.parametrize("start", ["DTSTART;VALUE=DATE:20260302", "DTSTART:20260302T090000Z\r\nDURATION:PT1H"])
def test_what_is_free_does_not_block(start, line, blocks):
    (found,) = read(event(start, line)).occurrences

    assert found.blocks is blocks


def test_who_declined_does_not_attend():
    (found,) = read(
        event("DTSTART:20260302T090000Z", "DURATION:PT1H", "ORGANIZER:mailto:Alma@Cabinet.example",
              "ATTENDEE;PARTSTAT=ACCEPTED:mailto:karim@cabinet.example", "ATTENDEE;PARTSTAT=DECLINED:mailto:zoe@cabinet.example")
    ).occurrences  # fmt: skip

    assert found.people == {"alma@cabinet.example", "karim@cabinet.example"}


def test_a_moment_without_length_occupies_nothing():
    assert read(event("DTSTART:20260302T090000Z")).occurrences == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<!doctype html><h1>Maintenance</h1>",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:2026",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_001 + b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 5_000 + b"END:X\r\n" * 5_000 + b"END:VCALENDAR",
    ],
    ids=["empty", "html", "cut", "unbalanced", "too many", "deep"],
)
def test_what_is_not_one_whole_calendar_is_not_understood(raw):
    try:
        found = read_snapshot(raw, PARIS, START, START + timedelta(days=400))
    except NotUnderstood:
        return
    assert found == Snapshot()


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:not a date", "DURATION:PT1H"),
        ("DTSTART:20260302T090000Z", "DTEND:20260302T080000Z"),
        ("DURATION:PT1H",),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYSECOND=0,1,2,3"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6"),
        ("DTSTART:20260202T090000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ("DTSTART:16010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
        ("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:29990101"),
    ],
)
def test_a_bad_event_is_set_aside_and_hides_no_other(lines):
    begun = time.monotonic()

    found = read(event(*lines, uid="bad"), event("DTSTART:20260302T090000Z", "DURATION:PT1H", uid="good"))

    assert (found.unreadable, [each.key for each in found.occurrences]) == ({"bad"}, ["good"])
    assert time.monotonic() - begun < 2


def test_more_occurrences_than_any_agenda_has_are_refused():
    hours = ",".join(str(hour) for hour in range(24))
    rule = f"RRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,15,30,45"

    with pytest.raises(NotUnderstood):
        read(event("DTSTART:20260301T000000Z", "DURATION:PT5M", rule))


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        ("FREQ=YEARLY", 2),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=2", 3),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 14),
        ("FREQ=MONTHLY;INTERVAL=6", 3),
        ("FREQ=MONTHLY;BYDAY=1MO", 13),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", 58),
        ("FREQ=DAILY;UNTIL=20260304T090000Z", 3),
    ],
)
def test_what_people_do_write_is_expanded(rule, number):
    found = read(event("DTSTART:20260302T090000Z", "DURATION:PT1H", f"RRULE:{rule}"))

    assert (found.unreadable, len(found.occurrences), found.occurrences[0].start.tzinfo) == (set(), number, UTC)
