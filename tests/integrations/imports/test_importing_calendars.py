"""Visits of an exported calendar: single and repeating events, zones, whole days, and every refusal."""

import time

import pytest

from agenda.models import Appointment
from integrations.models import ImportRun
from medidesk.errors import Refused
from tests.agenda.diary import at
from tests.integrations.imports.bringing import checked, imported, opened, outcomes


def calendar(*events: str) -> str:
    """A file of these events, each given as its lines."""
    wrapped = "".join(f"BEGIN:VEVENT\r\nUID:{number}\r\n{event}\r\nEND:VEVENT\r\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Essai//FR\r\n{wrapped}END:VCALENDAR\r\n"


JEAN = (
    "SUMMARY:DUPONT Jean\r\nDTSTART;TZID=Europe/Paris:20260302T100000\r\nDTEND;TZID=Europe/Paris:20260302T102000\r\nCATEGORIES:Consultation"
)


def test_an_event_is_a_visit(diary):
    run = imported("visits", calendar(JEAN))
    visit = Appointment.objects.get()
    assert (run.format, outcomes(run)) == ("ics", [(2, "created", "patient-provisional")])
    assert (visit.start, visit.end, visit.visit_reason, visit.patient.name) == (at(10), at(10, 20), diary.reason, "DUPONT Jean")


@pytest.mark.parametrize(
    ("start", "wall"),
    [("DTSTART:20260302T090000Z", at(10)), ("DTSTART:20260302T100000", at(10)), ("DTSTART;TZID=America/Cayenne:20260302T060000", at(10))],
)
def test_times_of_any_zone_are_put_on_the_cabinets_wall(diary, start, wall):
    imported("visits", calendar(f"SUMMARY:DUPONT Jean\r\n{start}\r\nDURATION:PT45M"))
    visit = Appointment.objects.get()
    assert (visit.start, (visit.end - visit.start).total_seconds()) == (wall, 45 * 60)


def test_a_repeating_event_is_as_many_visits(diary):
    weekly = "SUMMARY:DUPONT Jean\r\nDTSTART;TZID=Europe/Paris:20260323T100000\r\nDTEND;TZID=Europe/Paris:20260323T103000"
    run = imported("visits", calendar(f"{weekly}\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;TZID=Europe/Paris:20260330T100000"))
    assert run.figures["created"] == 2
    starts = Appointment.objects.order_by("start").values_list("start", flat=True)
    assert [f"{one.astimezone(at(10).tzinfo):%d/%m %H:%M}" for one in starts] == ["23/03 10:00", "06/04 10:00"]


def test_whole_days_and_cancelled_events_are_left_aside(diary):
    run = checked("visits", calendar("SUMMARY:Congés\r\nDTSTART;VALUE=DATE:20260302", f"{JEAN}\r\nSTATUS:CANCELLED"))
    assert outcomes(run) == [(2, "ignored", "all-day"), (3, "ignored", "not-held")]


def test_a_second_run_says_so(diary):
    imported("visits", calendar(JEAN))
    assert outcomes(imported("visits", calendar(JEAN))) == [(2, "already", "")]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("patients", calendar(JEAN), "file-is-calendar"),
        ("visits", calendar(), "file-empty"),
        ("visits", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY", "file-not-calendar"),
        ("visits", calendar("SUMMARY:Sans date"), "file-not-calendar"),
        ("visits", calendar("SUMMARY:Fou\r\nDTSTART:20260302T100000Z\r\nRRULE:FREQ=SECONDLY"), "repeats-too-often"),
        ("visits", calendar(*["SUMMARY:x"] * 5_001), "too-many-lines"),
        ("visits", calendar(*["SUMMARY:x\r\nDTSTART:20260302T100000Z\r\nRRULE:FREQ=DAILY"] * 300), "too-many-lines"),
        ("visits", calendar(*["SUMMARY:x\r\nDTSTART:20260302T100000Z\r\nRRULE:FREQ=DAILY"] * 501), "too-many-lines"),
        ("visits", calendar("SUMMARY:Fou\r\nDTSTART:20260302T100000Z\r\nRRULE:FREQ=DAILY;BYSECOND=1,2"), "repeats-too-often"),
    ],
)
def test_calendars_that_are_refused(diary, kind, text, code):
    with pytest.raises(Refused) as refusal:
        opened(kind, text)
    assert (refusal.value.code, ImportRun.objects.count()) == (code, 0)


def test_a_big_calendar_is_read_in_a_bounded_time(diary):
    events = [JEAN.replace("0302T10", f"03{1 + number % 28:02d}T{number % 24:02d}") for number in range(1_000)]
    begun = time.monotonic()
    assert opened("visits", calendar(*events)).line_count == 1_000
    assert time.monotonic() - begun < 20
