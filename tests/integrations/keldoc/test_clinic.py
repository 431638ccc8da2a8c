"""What is Keldoc's own between it and the agenda; the rest it shares with all platforms (`conformance/`)."""

from agenda.models import Appointment
from integrations.models import Connection, InboundEvent, OutboundChange
from integrations.outgoing.draining import drain
from medidesk import clock
from tests.integrations.house import monday


def test_booked_there_is_a_visit_here(clinic):
    there = clinic.book_there("keldoc", monday(10), patient={"first_name": "Jeanne", "last_name": "Roy", "maiden_name": "Petit"})

    clinic.settle()

    visit = clinic.visit("keldoc", there)
    assert (visit.start, visit.source, visit.visit_reason) == (monday(10), "keldoc", clinic.reason)
    assert (visit.patient.used_name, visit.patient.birth_name) == ("Roy", "Petit")
    assert clinic.statuses == [202]
    assert clinic.writes("keldoc") == []


def test_events_without_their_instants_are_settled_by_asking(clinic):
    clinic.simulators["keldoc"].order_fault("omit", "webhook", fields=["updated_at", "created_at"], times=None)
    there = clinic.book_there("keldoc", monday(10))
    clinic.simulators["keldoc"].move(there, monday(11).isoformat())
    clinic.simulators["keldoc"].drain()
    clinic.receiver.posts.reverse()

    clinic.settle()

    assert clinic.visit("keldoc", there).start == monday(11)


def test_an_event_about_a_closed_time_is_no_visit(clinic):
    clinic.book(monday(10))
    drain()
    busy = clinic.simulators["keldoc"].state()["busy"][0]
    appointment = {"id": int(busy["id"]), "agenda_id": 101, "start_at": busy["start"], "duration": 1800, "state": "confirmed"}
    told = appointment | {"reference": busy["client_reference"], "patient_id": None, "patient": None}
    clinic.simulators["keldoc"].send({"id": "evt_9", "event": "appointment.created", "appointment": told})

    clinic.settle()

    assert clinic.statuses == [202]
    assert InboundEvent.objects.get().state == "ignored"
    assert Appointment.objects.count() == 1


def test_booked_here_is_an_appointment_of_nobody_there_and_follows(clinic):
    visit = clinic.book(monday(10))
    clinic.settle()
    assert clinic.busy("keldoc") == [(monday(10), monday(10, 30))]
    assert "patient_attributes" not in str(clinic.simulators["keldoc"].writes())

    clinic.move(visit, monday(14))
    clinic.settle()
    assert clinic.busy("keldoc") == [(monday(14), monday(14, 30))]

    clinic.cancel(visit)
    clinic.settle()
    assert clinic.busy("keldoc") == []
    assert [write.split()[0] for write in clinic.writes("keldoc")] == ["POST", "POST", "DELETE", "DELETE"]


def test_a_used_up_quota_waits_a_quarter_of_an_hour_when_keldoc_does_not_say(clinic):
    clinic.simulators["keldoc"].order_fault("402", "POST")
    clinic.book(monday(10))
    before = clock.now()

    drain()

    connection = Connection.objects.get()
    change = OutboundChange.objects.get()
    assert 850 < (connection.paused_until - before).total_seconds() < 910
    assert (change.state, change.attempts, change.detail) == ("waiting", 0, "402")
