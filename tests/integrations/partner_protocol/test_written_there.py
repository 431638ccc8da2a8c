"""What the cabinet does is so on Doctolib by its partner protocol: booked, booked anew, deleted, once."""

import pytest

from agenda.models import Appointment, Lane
from integrations.comparison.reconciliation import reconcile
from integrations.models import ExternalReference, OutboundChange
from integrations.outgoing.draining import drain
from medidesk import clock
from tests.integrations.house import monday

BOOKED = "POST /appointments"


def until_delivered(house) -> None:
    for _attempt in range(8):
        house.settle()
        if not OutboundChange.objects.filter(state="waiting").exists():
            return
        house.due_now()


def ours_there(visit: Appointment) -> str:
    """The id there of a visit of ours, without its patient's."""
    return ExternalReference.objects.standing().get(appointment=visit).external_id.partition("@")[0]


def test_booked_here_is_written_there_and_its_echo_is_nothing(partner):
    visit = partner.book(monday(10))
    partner.settle()
    partner.settle()

    there = partner.simulators["doctolib"].appointment(ours_there(visit))
    assert (there["start"], there["motive"], there["patient"]["last_name"]) == (partner.utc(monday(10)), "mot_1", visit.patient.last_name)
    assert partner.writes("doctolib") == [BOOKED]
    assert Appointment.objects.count() == 1


def test_moved_here_is_booked_anew_there_then_the_old_one_deleted(partner):
    visit = partner.book(monday(10))
    partner.settle()
    old = ours_there(visit)

    partner.move(visit, monday(14))
    partner.settle()

    assert partner.writes("doctolib") == [BOOKED, BOOKED, f"DELETE /appointments/{old}"]
    assert partner.standing() == [(partner.utc(monday(10)), "cancelled"), (partner.utc(monday(14)), "confirmed")]
    assert Appointment.objects.get().start == monday(14)


def test_moved_by_ten_minutes_the_old_one_leaves_first(partner):
    visit = partner.book(monday(10))
    partner.settle()
    old = ours_there(visit)

    partner.move(visit, monday(10, 10))
    partner.settle()

    assert partner.writes("doctolib") == [BOOKED, f"DELETE /appointments/{old}", BOOKED]
    assert partner.standing()[1] == (partner.utc(monday(10, 10)), "confirmed")
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_moved_here_a_visit_taken_there_is_booked_anew_for_the_same_patient(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.settle()
    visit = Appointment.objects.get()

    partner.move(visit, monday(14))
    partner.settle()

    new = partner.simulators["doctolib"].appointment(ours_there(visit))
    assert new["patient"]["id"] == partner.simulators["doctolib"].appointment(there)["patient"]["id"]
    assert partner.writes("doctolib") == [BOOKED, f"DELETE /appointments/{there}"]
    assert Appointment.objects.get().status == "confirmed"


def test_cancelled_here_is_deleted_there_once(partner):
    visit = partner.book(monday(10))
    partner.settle()
    there = ours_there(visit)

    partner.cancel(visit)
    partner.settle()

    assert partner.writes("doctolib") == [BOOKED, f"DELETE /appointments/{there}"]
    assert partner.standing() == [(partner.utc(monday(10)), "cancelled")]


def test_a_reason_that_lasts_longer_there_is_no_difference(partner):
    partner.simulators["doctolib"].setup(motives=[{"id": "mot_1", "name": "Consultation", "duration": 45}])
    visit = partner.book(monday(10))
    partner.settle()

    figures = reconcile(partner.connection, clock.now())
    partner.settle()

    assert (figures.complete, figures.drift) == (True, 0)
    assert partner.writes("doctolib") == [BOOKED]
    visit.refresh_from_db()
    assert visit.end == monday(10, 30)


def test_a_time_kept_on_the_telephone_cannot_be_closed_there(partner):
    connection = partner.connection

    assert (connection.busy_out, connection.status_out, connection.appointments_out) == (False, False, True)


def test_taken_there_waits_for_a_person_and_the_news_make_it_a_conflict(partner):
    partner.book_there("doctolib", monday(10))
    partner.book(monday(10))

    drain()
    assert OutboundChange.objects.get().state == "blocked"
    partner.settle()

    assert sorted(Appointment.objects.values_list("lane", flat=True)) == [Lane.CONFLICT, "normal"]


def test_a_visit_whose_reason_is_unknown_there_is_given_up_in_plain_sight(partner):
    partner.connection.reason_mappings.all().delete()
    partner.book(monday(10))

    partner.settle()

    assert [(row.state, row.detail) for row in OutboundChange.objects.all()] == [("dead", "Refused: reason not mapped")]
    assert partner.writes("doctolib") == []


# --- faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["answer-lost", "500", "502", "503", "reset", "maintenance", "429", "401"])
def test_a_visit_is_written_once_whatever_the_answer(partner, fault):
    partner.simulators["doctolib"].order_fault(fault, "POST")

    partner.book(monday(10))
    until_delivered(partner)

    assert partner.standing() == [(partner.utc(monday(10)), "confirmed")]
    assert not OutboundChange.objects.exclude(state="done").exists()
    assert Appointment.objects.count() == 1


def test_a_lost_answer_is_looked_up_in_the_feed_before_anything_is_written_again(partner):
    partner.simulators["doctolib"].order_fault("answer-lost", "POST")
    visit = partner.book(monday(10))
    drain()
    partner.due_now()

    drain()

    assert partner.writes("doctolib") == [BOOKED]
    assert partner.simulators["doctolib"].appointment(ours_there(visit))["status"] == "confirmed"
    partner.settle()
    assert Appointment.objects.count() == 1


def test_news_of_an_unanswered_booking_are_known_as_ours_whatever_their_length(partner):
    partner.simulators["doctolib"].setup(motives=[{"id": "mot_1", "name": "Consultation", "duration": 45}])
    partner.simulators["doctolib"].order_fault("answer-lost", "POST")
    visit = partner.book(monday(10))
    drain()

    partner.listen()

    assert Appointment.objects.get() == visit
    assert Appointment.objects.get().end == monday(10, 30)


def test_a_lost_answer_to_a_deletion_is_not_asked_again(partner):
    visit = partner.book(monday(10))
    partner.settle()
    partner.simulators["doctolib"].order_fault("answer-lost", "DELETE")

    partner.cancel(visit)
    until_delivered(partner)

    assert [write.split()[0] for write in partner.writes("doctolib")] == ["POST", "DELETE"]


def test_a_patient_merged_there_is_the_same_visit(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.settle()
    twin = ExternalReference.objects.get()
    merged = partner.simulators["doctolib"].appointment(there)["patient"] | {"id": "pat_merged"}

    partner.simulators["doctolib"].preload([partner.simulators["doctolib"].appointment(there) | {"patient": merged, "version": 2}])
    partner.simulators["doctolib"].mark(there, "done")
    partner.settle()

    assert Appointment.objects.count() == 1
    assert ExternalReference.objects.standing().get().external_id == f"{there}@pat_merged"
    assert ExternalReference.objects.get(pk=twin.pk).replaced_by is not None
