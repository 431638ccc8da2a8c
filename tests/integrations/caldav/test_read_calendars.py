"""A calendar is read by what changed, and its events occupy their times; through a real Radicale."""

from datetime import timedelta

import pytest

from agenda.models import Appointment
from integrations.models import Connection, ExternalReference, InboundEvent
from medidesk import clock
from tests.agenda.diary import make_practitioner
from tests.integrations.house import monday

# A rule that reads as one, and that nobody's calendar needs.
OFTEN = f"RRULE:FREQ=DAILY;COUNT=2;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,10,20,30,40"


# --- in --------------------------------------------------------------------------------------------------------------


def test_an_event_occupies_its_time(calendared):
    calendared.server.write(calendared.calendar, "dentiste", monday(10))

    calendared.read()

    visit = Appointment.objects.get()
    assert (visit.start, visit.end, visit.patient, visit.source) == (monday(10), monday(10, 30), None, "caldav")
    assert "Dentiste" not in str(list(ExternalReference.objects.values()))


def test_an_event_moves_and_goes(calendared):
    moved = [calendared.server.write(calendared.calendar, name, monday(hour)) for name, hour in (("a", 9), ("b", 10), ("c", 11))]
    calendared.read()

    calendared.server.write(calendared.calendar, "a", monday(15))
    calendared.server.remove(moved[2])
    calendared.read()

    assert calendared.seen() == [(monday(10), "confirmed"), (monday(11), "cancelled"), (monday(15), "confirmed")]


def test_what_repeats_occupies_each_of_its_times(calendared):
    calendared.server.write(calendared.calendar, "sport", monday(18), "RRULE:FREQ=DAILY;COUNT=3")

    calendared.read()

    assert calendared.seen() == [(monday(18) + timedelta(days=each), "confirmed") for each in range(3)]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_does_not_occupy_is_nothing(calendared, line):
    calendared.server.write(calendared.calendar, "libre", monday(10), line)

    calendared.read()

    assert calendared.seen() == []


def test_a_year_is_read_in_pieces_and_each_event_once(calendared):
    weeks = (1, 20, 40, 56)
    for week in weeks:
        calendared.server.write(calendared.calendar, f"e{week}", monday(10, weeks=week))
    calendared.server.write(calendared.calendar, "long", monday(9), "RRULE:FREQ=YEARLY")

    calendared.read()

    assert Appointment.objects.count() == 6
    assert {start for start, _status in calendared.seen()} >= {monday(10, weeks=week) for week in weeks}


def test_the_same_event_in_two_calendars_is_two_occupied_times(calendared):
    other = calendared.server.make("karim")
    for calendar in (calendared.calendar, other):
        calendared.server.write(calendar, "commun", monday(10))

    with calendared.connector() as connector:
        listings = [connector.window(clock.now(), monday(20), calendar) for calendar in (calendared.calendar, other)]

    assert len({visit.external_id for each in listings for visit in each.visits}) == 2


def test_one_bad_event_hides_no_other_and_cancels_nothing(calendared):
    bad = calendared.server.write(calendared.calendar, "bad", monday(9))
    calendared.server.write(calendared.calendar, "good", monday(10))
    calendared.read()

    calendared.server.write(calendared.calendar, "bad", monday(9), OFTEN)
    calendared.server.write(calendared.calendar, "good", monday(11))
    calendared.read()

    assert calendared.seen() == [(monday(9), "confirmed"), (monday(11), "confirmed")]
    assert InboundEvent.objects.get().state == "not_understood"
    calendared.server.remove(bad)
    calendared.read()
    assert not InboundEvent.objects.exists()


def test_more_than_half_of_the_future_gone_waits_for_a_person(calendared):
    there = [calendared.server.write(calendared.calendar, f"e{hour}", monday(hour)) for hour in (9, 10, 11)]
    calendared.read()
    for each in there[:2]:
        calendared.server.remove(each)

    calendared.read()

    assert [status for _start, status in calendared.seen()] == ["confirmed"] * 3
    assert [each["cancellations"] for each in calendared.connection.brake_held] == [2]


# --- what is asked ---------------------------------------------------------------------------------------------------


def asked(calendared) -> list[str]:
    """The methods of one poll."""
    calls: list[str] = []
    with calendared.connector() as connector:
        connector.wire.client.event_hooks["request"].append(lambda request: calls.append(request.method))
        changed = connector.has_changed(calendared.connection.cursor)
    return [*calls, "changed" if changed else "same"]


def test_nothing_new_costs_one_question_a_calendar(calendared):
    calendared.server.write(calendared.calendar, "a", monday(9))
    calendared.read()

    assert asked(calendared) == ["REPORT", "same"]
    calendared.server.write(calendared.calendar, "b", monday(10))
    assert asked(calendared) == ["REPORT", "changed"]


def test_what_medidesk_wrote_is_no_news(calendared):
    calendared.read()
    calendared.book(monday(10))
    calendared.tell()
    before = calendared.connection.cursor

    assert asked(calendared) == ["REPORT", "same"]
    calendared.read()

    assert calendared.connection.cursor != before
    assert calendared.seen() == [(monday(10), "confirmed")]


def test_each_of_many_calendars_is_asked_for_its_own_news(calendared):
    for number in range(8):
        other = calendared.server.make(f"cabinet-{number}")
        calendared.connection.practitioners.create(practitioner=make_practitioner(calendared.sites), external_id=other)
    calendared.read()
    assert asked(calendared) == ["REPORT"] * 9 + ["same"]

    calendared.server.write(other, "a", monday(9))
    calendared.read()

    assert calendared.seen() == [(monday(9), "confirmed")]


def test_a_token_that_expired_has_everything_read(calendared):
    calendared.server.write(calendared.calendar, "a", monday(9))
    calendared.read()
    cursor = calendared.connection.cursor.replace("token http", "token gone-http")
    Connection.objects.update(cursor=cursor)
    calendared.server.write(calendared.calendar, "b", monday(10))

    calendared.read()

    assert len(calendared.seen()) == 2
