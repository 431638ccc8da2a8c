"""Times taken here are closed in a calendar, follow, and survive hands and accidents; through a real Radicale."""

from datetime import timedelta

from agenda.models import Absence, Appointment
from agenda.scheduling import hold_slot
from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.outgoing.absences_out import close_absences
from medidesk import clock
from tests.integrations.house import BASILE, monday


def at(moment) -> str:
    return f"DTSTART:{moment.astimezone(clock.now().tzinfo):%Y%m%dT%H%M%SZ}"


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


def test_an_absence_closes_its_time_and_does_not_come_back(calendared):
    Connection.objects.update(absences=True)
    Absence.objects.create(practitioner=calendared.alma, start=monday(9), end=monday(12))
    close_absences(calendared.connection, clock.now())
    calendared.server.write(calendared.calendar, "a", monday(15))

    calendared.read()

    assert calendared.server.times(calendared.calendar) == [at(monday(9))]
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
