"""Keldoc and the agenda, both ways, through its simulator."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from agenda.models import Appointment, Lane
from agenda.reminders import cabinet_reminds
from integrations.calls import calling
from integrations.connecting import connect
from integrations.draining import drain
from integrations.errors import KeyRefused
from integrations.errors import Refused as PlatformRefused
from integrations.going_live import go_live, rotate_secret
from integrations.models import Connection, ExternalReference, InboundEvent, OutboundChange
from integrations.reconciliation import reconcile
from medidesk import clock
from medidesk.errors import Refused
from medidesk.messaging.models import Message
from tests.integrations.hooks import Hooks
from tests.integrations.house import House, monday
from tests.integrations.simulators.processes import Running

THERE = "POST /appointments"


@pytest.fixture
def clinic(cabinet, hooks: Hooks, keldoc: Running) -> House:
    """The cabinet of Tourcoing, live on Keldoc."""
    return House(hooks, keldoc)


@pytest.fixture
def writing(clinic: House) -> House:
    """Visits themselves are written there, with the patient."""
    Connection.objects.update(appointments_out=True, status_out=True)
    return clinic


def until_delivered(house: House) -> None:
    for _attempt in range(8):
        house.settle()
        if not OutboundChange.objects.filter(state="waiting").exists():
            return
        house.due_now()


def flags(house: House, external_id: str) -> list[str]:
    """The messages that Keldoc is told not to send about this visit."""
    patient = house.simulators["keldoc"].appointment(external_id)["patient"]
    return sorted(name.removeprefix("skip_") for name, value in patient.items() if name.startswith("skip_") and value)


# --- there to here ---------------------------------------------------------------------------------------------------


def test_booked_there_is_a_visit_here(clinic):
    there = clinic.book_there("keldoc", monday(10), patient={"first_name": "Jeanne", "last_name": "Roy", "maiden_name": "Petit"})

    clinic.settle()

    visit = clinic.visit("keldoc", there)
    assert (visit.start, visit.source, visit.visit_reason) == (monday(10), "keldoc", clinic.reason)
    assert (visit.patient.used_name, visit.patient.birth_name) == ("Roy", "Petit")
    assert clinic.statuses == [202]
    assert clinic.writes("keldoc") == []


def test_moved_and_canceled_there_is_so_here(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()

    clinic.simulators["keldoc"].move(there, monday(14).isoformat())
    clinic.settle()
    assert clinic.visit("keldoc", there).start == monday(14)

    clinic.simulators["keldoc"].cancel(there)
    clinic.settle()
    assert clinic.visit("keldoc", there).status == "cancelled"
    assert clinic.writes("keldoc") == []


def test_missed_there_is_missed_here(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()

    clinic.simulators["keldoc"].mark(there, "no_show")
    clinic.settle()

    assert clinic.visit("keldoc", there).status == "no_show"


def test_shuffled_events_end_with_the_newest(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.simulators["keldoc"].move(there, monday(11).isoformat())
    clinic.simulators["keldoc"].move(there, monday(12).isoformat())
    clinic.simulators["keldoc"].drain()
    clinic.receiver.posts.reverse()

    clinic.settle()

    assert clinic.visit("keldoc", there).start == monday(12)
    assert Appointment.objects.count() == 1


def test_events_without_their_instants_are_settled_by_asking(clinic):
    clinic.simulators["keldoc"].order_fault("omit", "webhook", fields=["updated_at", "created_at"], times=None)
    there = clinic.book_there("keldoc", monday(10))
    clinic.simulators["keldoc"].move(there, monday(11).isoformat())
    clinic.simulators["keldoc"].drain()
    clinic.receiver.posts.reverse()

    clinic.settle()

    assert clinic.visit("keldoc", there).start == monday(11)


@pytest.mark.parametrize("written", ["local", "no-seconds", "naive"])
def test_times_may_be_written_otherwise(clinic, written):
    clinic.simulators["keldoc"].order_fault("time-format", "webhook", format=written)
    there = clinic.book_there("keldoc", monday(10))

    clinic.settle()

    assert clinic.visit("keldoc", there).start == monday(10)


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


def test_what_no_webhook_told_is_read_and_closed_times_are_no_visits(clinic):
    clinic.simulators["keldoc"].order_fault("drop")
    there = clinic.book_there("keldoc", monday(10))
    clinic.book(monday(15))
    clinic.settle()

    figures = reconcile(clinic.connections["keldoc"], clock.now())

    assert (figures.complete, figures.drift, figures.repaired) == (True, 1, 1)
    assert clinic.visit("keldoc", there).start == monday(10)
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("fault", ["truncate", "truncate-silent", "truncate-lying"])
def test_a_page_cut_short_cancels_nothing(clinic, fault):
    for hour in (10, 11, 12):
        clinic.book_there("keldoc", monday(hour))
    clinic.settle()
    clinic.simulators["keldoc"].order_fault(fault, "GET /appointments")

    assert not reconcile(clinic.connections["keldoc"], clock.now()).complete
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


# --- here to there ---------------------------------------------------------------------------------------------------


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
    assert writing.writes("keldoc") == [THERE, f"PUT /appointments/{there}"]


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


def test_canceled_here_a_visit_taken_there_is_canceled_there(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()

    clinic.cancel(clinic.visit("keldoc", there))
    clinic.settle()

    assert clinic.simulators["keldoc"].appointment(there)["status"] == "cancelled"
    assert clinic.writes("keldoc") == [f"PUT /appointments/{there}"]


def test_taken_there_is_read_and_is_a_conflict_for_a_person(clinic):
    clinic.simulators["keldoc"].order_fault("drop")
    there = clinic.book_there("keldoc", monday(10))

    clinic.book(monday(10))
    clinic.settle()

    assert clinic.visit("keldoc", there).lane == Lane.CONFLICT
    assert OutboundChange.objects.get().state == "blocked"


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["answer-lost", "500", "502", "503", "reset", "maintenance", "429", "402", "401"])
def test_a_closed_time_is_written_once_whatever_the_answer(clinic, fault):
    clinic.simulators["keldoc"].order_fault(fault, "POST")

    clinic.book(monday(10))
    until_delivered(clinic)

    assert clinic.busy("keldoc") == [(monday(10), monday(10, 30))]
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_a_lost_answer_to_a_created_visit_is_looked_up(writing):
    writing.simulators["keldoc"].order_fault("answer-lost", THERE)

    visit = writing.book(monday(10))
    until_delivered(writing)

    standing = writing.simulators["keldoc"].state()["appointments"]
    assert [each["client_reference"] for each in standing] == [str(visit.id)]
    assert ExternalReference.objects.get(appointment=visit).external_id == standing[0]["id"]
    assert Appointment.objects.count() == 1


def test_a_lost_answer_to_a_move_is_not_written_again(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()
    clinic.simulators["keldoc"].order_fault("answer-lost", "PUT")

    clinic.move(clinic.visit("keldoc", there), monday(14))
    until_delivered(clinic)

    assert clinic.writes("keldoc") == [f"PUT /appointments/{there}"]


def test_a_used_up_quota_waits_a_quarter_of_an_hour_when_keldoc_does_not_say(clinic):
    clinic.simulators["keldoc"].order_fault("402", "POST")
    clinic.book(monday(10))
    before = clock.now()

    drain()

    connection = Connection.objects.get()
    change = OutboundChange.objects.get()
    assert 850 < (connection.paused_until - before).total_seconds() < 910
    assert (change.state, change.attempts, change.detail) == ("waiting", 0, "402")


def test_a_visit_gone_meanwhile_there_is_canceled_once(clinic):
    there = clinic.book_there("keldoc", monday(10))
    clinic.settle()
    clinic.simulators["keldoc"].order_fault("drop")
    clinic.simulators["keldoc"].cancel(there)

    clinic.cancel(clinic.visit("keldoc", there))
    clinic.settle()

    assert clinic.writes("keldoc") == []
    assert OutboundChange.objects.get().state == "done"


# --- connecting ------------------------------------------------------------------------------------------------------


def command(*words: str) -> str:
    """What the command prints last."""
    out = StringIO()
    call_command("connect_platform", "tourcoing", "keldoc", *words, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_the_command_takes_both_keys_and_says_who_reminds(cabinet, hooks, keldoc):
    house = House(hooks)
    url = f"{keldoc.simulator.url}/partners"
    mapping = ("--map-practitioner", f"{house.alma.id}=101", "--map-reason", f"{house.reason.id}=11")

    printed = command(
        *("--base-url", url, "--api-key", "sim-keldoc-key", "--key", "secret=sim-keldoc-secret", "--mode", "both", "--reminds", "cabinet"),
        *mapping,
    )

    made = Connection.objects.get()
    assert UUID(printed) == made.id
    assert made.keys == {"api_key": "sim-keldoc-key", "secret": "sim-keldoc-secret"}
    assert b"sim-keldoc" not in bytes(made.api_key_sealed) + bytes(made.further_keys_sealed)
    assert made.reminds == "cabinet"
    assert made.webhook_registered_at is not None
    assert made.exported_at is not None

    assert command("--base-url", url, "--api-key", "sim-keldoc-key", "--mode", "both") == printed
    made.refresh_from_db()
    assert (made.keys["secret"], made.reminds) == ("sim-keldoc-secret", "cabinet")


@pytest.mark.parametrize("words", [(), ("--key", "secret"), ("--key", "password=x")])
def test_without_its_secret_keldoc_is_not_connected(cabinet, hooks, words):
    with pytest.raises(CommandError):
        command("--base-url", "http://127.0.0.1:9/partners", "--api-key", "k", *words)

    assert not Connection.objects.exists()


def test_keldoc_has_no_address_that_everybody_knows(cabinet, hooks):
    with pytest.raises(Refused) as refused:
        connect(platform="keldoc", base_url="", api_key="k", further_keys={"secret": "x"}, now=clock.now())

    assert refused.value.code == "address-missing"


def test_a_platform_of_one_key_takes_no_other(cabinet, hooks):
    with pytest.raises(Refused) as refused:
        connect(platform="maiia", base_url="http://127.0.0.1:9/v2", api_key="k", further_keys={"secret": "x"}, now=clock.now())

    assert refused.value.code == "keys-missing"


def test_a_wrong_secret_is_a_refused_key(cabinet, hooks, keldoc):
    house = House(hooks)

    with pytest.raises(KeyRefused):
        house.connect(keldoc, further_keys={"secret": "another"})


def test_the_account_s_one_address_becomes_ours_and_follows_a_new_secret(clinic):
    connection = clinic.connections["keldoc"]
    rotate_secret(connection, clock.now())
    there = clinic.book_there("keldoc", monday(10))

    clinic.settle()

    assert clinic.statuses == [202]
    assert clinic.visit("keldoc", there).start == monday(10)
    addresses = [each["url"] for each in clinic.simulators["keldoc"].state()["subscriptions"]]
    assert [address.rsplit("/", 1)[-1] for address in addresses] == [str(connection.id)]


def test_another_program_s_address_is_not_taken_from_it(cabinet, hooks, keldoc):
    house = House(hooks)
    keldoc.api.post("/config/webhooks", json={"url": "https://other.example/hook", "secret": "whsec_AAAA"}).raise_for_status()
    connection = connect(
        platform="keldoc",
        base_url=f"{keldoc.simulator.url}/partners",
        api_key="sim-keldoc-key",
        further_keys={"secret": "sim-keldoc-secret"},
        mode="in",
        practitioners={house.alma.id: "101"},
        now=clock.now(),
    )

    with pytest.raises(PlatformRefused, match="webhook of another program"):
        go_live(connection, clock.now())

    assert keldoc.api.get("/config/webhooks").json() == {"url": "https://other.example/hook"}


def test_agendas_and_motives_are_read_to_map_them(clinic):
    with calling(clinic.connections["keldoc"]) as connector:
        assert connector.practitioners() == [("101", "Dr Hélène Aubry"), ("102", "Dr Karim Benali")]
        assert connector.reasons() == [("11", "Consultation de suivi"), ("12", "Première consultation")]
