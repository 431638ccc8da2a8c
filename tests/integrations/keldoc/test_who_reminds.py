"""Who reminds of what, and what Keldoc is told about it."""

from agenda.reminders import cabinet_reminds
from integrations.models import Connection, ExternalReference
from medidesk.messaging.models import Message
from tests.integrations.house import monday
from tests.integrations.keldoc.conftest import flags


def test_written_there_with_the_patient_who_hears_from_the_cabinet_alone(writing):
    visit = writing.book(monday(10))
    writing.settle()

    there = ExternalReference.objects.get(appointment=visit).external_id
    assert writing.simulators["keldoc"].appointment(there)["client_reference"] == str(visit.id)
    assert flags(writing, there) == ["email_confirmation", "email_reminder", "sms_confirmation", "sms_reminder"]
    assert writing.busy("keldoc") == []

    writing.cancel(visit)
    writing.settle()
    assert writing.simulators["keldoc"].appointment(there)["status"] == "cancelled"
    assert writing.writes("keldoc") == ["POST /appointments", f"PUT /appointments/{there}"]


def test_moved_here_a_visit_taken_there_is_moved_there_once_and_still_reminded_there(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()

    clinic.move(clinic.visit("keldoc", there), monday(14))
    clinic.settle()

    moved = clinic.simulators["keldoc"].appointment(there)
    assert (moved["start"], moved["duration"]) == (clinic.utc(monday(14)), 30)
    assert clinic.writes("keldoc") == [f"PUT /appointments/{there}"]
    assert flags(clinic, there) == ["email_confirmation", "sms_confirmation"]


def test_keldoc_is_told_once_not_to_remind_what_the_cabinet_reminds(clinic):
    Connection.objects.update(reminds="cabinet")
    there = clinic.book_there("keldoc", monday(10, weeks=2))

    clinic.settle()

    assert clinic.writes("keldoc") == [f"PUT /appointments/{there}"]
    assert flags(clinic, there) == ["email_confirmation", "email_reminder", "sms_confirmation", "sms_reminder"]
    assert Message.objects.get(outcome="").kind == "reminder"
    assert clinic.simulators["keldoc"].appointment(there)["start"] == clinic.utc(monday(10, weeks=2))


def test_a_visit_that_keldoc_was_told_not_to_remind_stays_the_cabinet_s(clinic):
    Connection.objects.update(reminds="cabinet")
    there = clinic.book_there("keldoc", monday(10, weeks=2))
    clinic.settle()

    Connection.objects.update(reminds="platform")
    later = clinic.book_there("keldoc", monday(11, weeks=2))
    clinic.settle()

    assert [cabinet_reminds(clinic.visit("keldoc", each)) for each in (there, later)] == [True, False]
    assert flags(clinic, later) == []


def test_a_connection_that_only_reads_tells_keldoc_nothing(clinic):
    Connection.objects.update(reminds="cabinet", mode="in")
    clinic.book_there("keldoc", monday(10, weeks=2))

    clinic.settle()

    assert clinic.writes("keldoc") == []
