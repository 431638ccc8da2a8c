"""A calendar and the agenda, both ways, through a real Radicale."""

from datetime import timedelta

import pytest

from agenda.models import Appointment
from agenda.scheduling import hold_slot
from integrations.caldav.dav import Dav
from integrations.models import Connection, ExternalReference, InboundEvent, OutboundChange
from medidesk import clock
from tests.agenda.diary import make_practitioner
from tests.integrations.house import BASILE, monday

# A rule that reads as one, and that nobody's calendar needs.
OFTEN = f"RRULE:FREQ=DAILY;COUNT=2;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,10,20,30,40"


def at(moment) -> str:
    return f"DTSTART:{moment.astimezone(clock.now().tzinfo):%Y%m%dT%H%M%SZ}"


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
        call = connector.wire.call
        connector.wire.call = lambda method, *rest, **more: (calls.append(method), call(method, *rest, **more))[1]
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


@pytest.mark.parametrize("offered", ["ctag ", "etags "])
def test_without_tokens_the_tags_tell(calendared, monkeypatch, offered):
    """What an older server leaves out is left out of what ours answers."""
    kept = {"ctag ": "<S:getctag/>", "etags ": ""}[offered]
    properties = Dav.properties

    def older(dav, address, names, *, depth=0):
        return properties(dav, address, names.replace("<D:sync-token/><S:getctag/>", kept or "<D:displayname/>"), depth=depth)

    monkeypatch.setattr(Dav, "properties", older)
    calendared.server.write(calendared.calendar, "a", monday(9))
    calendared.read()
    assert f'"{offered}' in calendared.connection.cursor
    assert asked(calendared)[-1] == "same"

    calendared.server.write(calendared.calendar, "b", monday(10))

    assert asked(calendared)[-1] == "changed"
    calendared.read()
    assert len(calendared.seen()) == 2


# --- out -------------------------------------------------------------------------------------------------------------


def test_a_visit_taken_here_closes_its_time_there_without_a_word_of_the_patient(calendared):
    calendared.book(monday(10))
    calendared.tell()

    [text] = calendared.server.texts(calendared.calendar)
    assert calendared.server.times(calendared.calendar) == [at(monday(10))]
    assert {"SUMMARY:Occupé", "TRANSP:OPAQUE", "CLASS:PRIVATE", "STATUS:CONFIRMED", "SEQUENCE:0"} <= set(text.split("\r\n"))
    assert calendared.nour.last_name not in text


def test_it_follows_in_one_write_and_goes(calendared):
    visit = calendared.book(monday(10))
    calendared.tell()

    calendared.move(visit, monday(14))
    calendared.tell()
    [text] = calendared.server.texts(calendared.calendar)
    assert (calendared.server.times(calendared.calendar), "SEQUENCE:1" in text) == ([at(monday(14))], True)

    calendared.cancel(visit)
    calendared.tell()
    assert calendared.server.texts(calendared.calendar) == []
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_our_own_events_do_not_come_back(calendared):
    calendared.book(monday(10))
    calendared.tell()
    calendared.server.write(calendared.calendar, "a", monday(15))

    calendared.read()
    figures = calendared.compare()

    assert calendared.seen() == [(monday(10), "confirmed"), (monday(15), "confirmed")]
    assert (figures.drift, len(calendared.server.texts(calendared.calendar))) == (0, 2)


def test_a_time_kept_on_the_telephone_is_closed_and_does_not_come_back(calendared):
    about = {"practitioner_id": calendared.alma.id, "visit_reason_id": calendared.reason.id, "start": monday(10)}
    hold_slot(**about, actor=BASILE, source="phone", now=clock.now())
    calendared.tell()
    calendared.server.write(calendared.calendar, "a", monday(15))

    calendared.read()

    assert calendared.server.times(calendared.calendar) == [at(monday(10))]
    assert calendared.seen() == [(monday(15), "confirmed")]


def test_going_live_closes_what_is_taken_already(calendared, server):
    other = server.make("neuf")
    calendared.book(monday(10))

    calendared.relate(practitioners={calendared.alma.id: other}, api_key="secret:é", base_url=server.url + other)
    calendared.tell()

    assert server.times(other) == [at(monday(10))]


# --- hands and accidents ---------------------------------------------------------------------------------------------


def test_a_closed_time_that_somebody_deleted_is_closed_anew(calendared):
    visit = calendared.book(monday(10))
    calendared.tell()
    calendared.server.remove(f"{calendared.calendar}{visit.id}@medidesk.ics")

    calendared.compare()
    calendared.tell()

    assert calendared.server.times(calendared.calendar) == [at(monday(10))]


def test_a_closed_time_that_somebody_moved_is_put_back(calendared):
    visit = calendared.book(monday(10))
    calendared.tell()
    calendared.server.write(calendared.calendar, f"{visit.id}@medidesk", monday(12))

    calendared.compare()
    calendared.tell()

    assert calendared.server.times(calendared.calendar) == [at(monday(10))]
    assert calendared.compare().drift == 0


def test_a_visit_put_back_after_a_cancellation_closes_its_time_again(calendared):
    visit = calendared.book(monday(10))
    calendared.tell()
    first = ExternalReference.objects.get()
    calendared.server.remove(first.external_id)
    calendared.compare()
    calendared.tell()

    assert ExternalReference.objects.get(pk=first.pk).gone_at is None
    assert ExternalReference.objects.standing().filter(appointment=visit).count() == 1


def test_a_write_whose_answer_was_lost_is_found_there(calendared):
    visit = calendared.book(monday(10))
    calendared.tell()
    ExternalReference.objects.all().delete()
    OutboundChange.objects.update(state="waiting", uncertain=True, sending={"kind": "busy", "reference": str(visit.id)}, finished_at=None)
    [before] = calendared.server.texts(calendared.calendar)

    calendared.tell()

    assert calendared.server.texts(calendared.calendar) == [before]
    assert ExternalReference.objects.get().external_id == f"{calendared.calendar}{visit.id}@medidesk.ics"


def test_an_event_of_hers_moved_at_the_desk_stays_in_her_calendar_and_closes_the_new_time(calendared):
    calendared.server.write(calendared.calendar, "a", monday(9))
    calendared.read()

    calendared.move(Appointment.objects.get(), monday(14))
    calendared.tell()

    assert calendared.server.times(calendared.calendar) == [at(monday(14))]
    assert len(calendared.server.texts(calendared.calendar)) == 2
    assert not OutboundChange.objects.exclude(state="done").exists()
    assert calendared.compare().drift == 0
    assert calendared.seen() == [(monday(14), "confirmed")]


def test_a_calendar_that_may_only_be_read_refuses_in_plain_sight(calendared):
    calendared.relate(practitioners={calendared.alma.id: "/basile/agenda/"}, base_url=calendared.server.url + "/basile/")

    assert Connection.objects.exclude(pk=calendared.first.pk).get().exported_at is None


def test_a_wrong_password_is_a_refused_key(calendared):
    Connection.objects.update(further_keys_sealed=b"")

    calendared.read()

    assert calendared.connection.last_error.startswith("KeyRefused: 401")
    assert timedelta() < calendared.connection.paused_until - clock.now() <= timedelta(minutes=2)
