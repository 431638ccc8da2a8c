"""Somebody's calendar in the agenda: what it shows is occupied, what it stops showing is free again, what goes wrong cancels nothing."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from agenda.models import Appointment
from integrations.comparison.reconciliation import reconcile
from integrations.connections import health
from integrations.models import Connection, ExternalReference, InboundEvent
from medidesk import clock
from medidesk.cabinets.current import current_cabinet
from tests.integrations.house import monday


def all_of(status: str, *hours: int) -> list:
    return [(monday(hour), status) for hour in hours]


def test_an_event_is_an_occupied_time_of_nobody(reader):
    reader.add(monday(9))

    reader.read()

    visit = Appointment.objects.get()
    assert (visit.start, visit.end, visit.patient, visit.visit_reason) == (monday(9), monday(9, 30), None, None)
    assert (visit.practitioner, visit.source, visit.status, visit.lane) == (reader.alma, "ics", "confirmed", "normal")
    assert "Secret" not in str(list(ExternalReference.objects.values()))


def test_nothing_new_is_asked_for_cheaply_and_changes_nothing(reader):
    reader.add(monday(9))
    reader.read()
    versions = list(Appointment.objects.values_list("version", "updated_at"))

    reader.read()
    reader.read()

    assert list(Appointment.objects.values_list("version", "updated_at")) == versions
    assert '"etag": "\\"' in reader.fresh().cursor


def test_an_event_moves_and_goes(reader):
    moved, kept, gone = (reader.add(monday(hour)) for hour in (9, 10, 11))
    reader.read()
    reader.simulator.move(moved, monday(15).isoformat())
    reader.simulator.cancel(gone)

    reader.read()

    assert reader.seen() == [(monday(10), "confirmed"), (monday(11), "cancelled"), (monday(15), "confirmed")]


def test_an_event_cancelled_in_so_many_words_is_not_a_drop(reader):
    connection = reader.connect("/feeds/helene.ics?cancelled=shown")
    reader.connection.delete()
    reader.connection = connection
    only = reader.add(monday(9))
    reader.read()
    reader.simulator.cancel(only)

    reader.read()

    assert reader.seen() == all_of("cancelled", 9)


def test_more_than_half_of_the_future_gone_waits_for_a_person(reader):
    there = [reader.add(monday(hour)) for hour in (9, 10, 11, 12)]
    reader.read()
    for each in there[:3]:
        reader.simulator.cancel(each)

    reader.read()
    reader.read()

    assert reader.seen() == all_of("confirmed", 9, 10, 11, 12)
    assert [task.title for task in health.tasks(clock.now())] == ["Annulations retenues (iCalendar)"]
    call_command("release_brake", current_cabinet().slug, str(reader.connection.pk))
    assert reader.seen() == [*all_of("cancelled", 9, 10, 11), (monday(12), "confirmed")]


def test_a_calendar_that_comes_back_lifts_the_brake(reader):
    for hour in (9, 10, 11):
        reader.add(monday(hour))
    reader.read()
    reader.simulator.order_fault("truncate-lying", "GET /helene.ics")
    reader.read()
    held = reader.fresh().brake_held

    reader.read()

    assert ([each["cancellations"] for each in held], reader.fresh().brake_held) == ([2], [])
    assert reader.seen() == all_of("confirmed", 9, 10, 11)


@pytest.mark.parametrize("fault", ["truncate", "truncate-silent", "500", "503", "429", "401", "maintenance", "reset"])
def test_a_download_that_fails_cancels_nothing(reader, fault):
    for hour in (9, 10, 11):
        reader.add(monday(hour))
    reader.read()
    reader.simulator.order_fault(fault, "GET /helene.ics")

    found = reconcile(reader.fresh(), clock.now())

    assert (found.repaired, reader.seen()) == (0, all_of("confirmed", 9, 10, 11))
    assert found.complete is (fault == "truncate-silent")  # this one lies well: the brake held it


def test_an_empty_calendar_cancels_nothing(reader):
    reader.add(monday(9))
    reader.read()
    for each in reader.simulator.state()["appointments"]:
        reader.simulator.cancel(each["id"])

    reader.read()

    assert reader.seen() == all_of("confirmed", 9)


def test_a_calendar_that_rewrites_its_ids_is_the_same_calendar(reader):
    for hour in (9, 10, 11):
        reader.add(monday(hour))
    reader.read()
    reader.simulator.order_fault("rewrite-ids", "GET /helene.ics")

    found = reconcile(reader.fresh(), clock.now())

    assert (found.drift, found.held, reader.seen()) == (0, 0, all_of("confirmed", 9, 10, 11))


@pytest.mark.parametrize("time_format", ["utc", "local", "naive"])
def test_times_however_they_are_written(reader, time_format):
    reader.simulator.order_fault("time-format", "GET /helene.ics", format=time_format, times=None)
    reader.add(monday(9))

    reader.read()

    assert reader.seen() == all_of("confirmed", 9)


def test_an_event_on_a_taken_time_is_a_conflict_for_a_person(reader):
    reader.add(monday(9))
    other = reader.connect("/feeds/karim.ics", practitioners={reader.alma.id: "*"})
    reader.simulator.book("karim", monday(9).isoformat(), duration=30, motive="event", patient={"first_name": "A", "last_name": "B"})
    reader.read()

    found = reconcile(other, clock.now())

    assert (found.conflicts, sorted(Appointment.objects.values_list("lane", flat=True))) == (1, ["conflict", "normal"])


def test_what_begun_and_is_no_longer_shown_stays(reader, time_machine):
    time_machine.move_to(monday(8), tick=False)
    reader.connect()
    only = reader.add(monday(9, weeks=0))
    reader.read()
    time_machine.move_to(monday(9, 10, weeks=0), tick=False)
    reader.simulator.cancel(only)

    reader.read()

    assert [status for _start, status in reader.seen()] == ["confirmed"]


def test_a_password_opens_it(reader):
    reader.simulator.setup(api_key="alma:secret")
    reader.add(monday(9))
    closed = reconcile(reader.fresh(), clock.now())
    opened = reconcile(reader.connect(api_key="alma:secret"), clock.now())

    assert ([closed.complete, opened.complete], reader.seen()) == ([False, True], all_of("confirmed", 9))


def test_a_connection_only_reads(reader):
    assert (reader.connection.mode, reader.connection.writes) == ("in", False)


def test_it_is_connected_by_command(reader, capsys):
    address = reader.simulator.url + "/feeds/karim.ics"
    reader.simulator.book("karim", monday(14).isoformat(), duration=30, motive="event", patient={"first_name": "A", "last_name": "B"})

    call_command("connect_platform", current_cabinet().slug, "ics", "--base-url", address, "--map-practitioner", f"{reader.alma.id}=*")

    assert Connection.objects.get(pk=capsys.readouterr().out.split()[-1]).base_url == address
    assert reader.seen() == all_of("confirmed", 14)


def test_the_lamp_is_patient_with_who_is_asked_every_ten_minutes(reader):
    reader.read()

    states = [health.lamps(clock.now() + timedelta(minutes=minutes))[0].state for minutes in (0, 12, 25)]
    assert (states, InboundEvent.objects.count()) == (["ok", "ok", "late"], 0)
