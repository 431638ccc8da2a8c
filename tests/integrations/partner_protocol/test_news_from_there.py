"""What happens on Doctolib is read from its partner feed, in order, without a gap that nobody hears of."""

from datetime import timedelta

import pytest

from agenda.models import Appointment
from integrations.comparison.pulling import KIND, pull, pull_due
from integrations.comparison.reconciliation import reconcile
from integrations.connections.connecting import map_practitioner
from integrations.models import Connection, ExternalReference, InboundEvent, PractitionerMapping
from medidesk import clock
from medidesk.due.models import DuePointer
from tests.integrations.house import monday

# --- there to here ---------------------------------------------------------------------------------------------------


def test_booked_there_is_a_visit_here(partner):
    there = partner.book_there("doctolib", monday(10))

    partner.settle()

    visit = Appointment.objects.get()
    assert (visit.start, visit.end, visit.source, visit.visit_reason) == (monday(10), monday(10, 30), "doctolib", partner.reason)
    assert (visit.patient.used_name, str(visit.patient.birth_date)) == ("Dupont", "1980-05-17")
    assert ExternalReference.objects.get().external_id.startswith(f"{there}@pat_")
    assert partner.writes("doctolib") == []


def test_moved_marked_and_deleted_there_is_so_here(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.settle()

    partner.simulators["doctolib"].move(there, monday(14).isoformat())
    partner.settle()
    assert [(each.start, each.status) for each in Appointment.objects.all()] == [(monday(14), "confirmed")]

    partner.simulators["doctolib"].cancel(there)
    partner.settle()
    assert [(each.start, each.status) for each in Appointment.objects.all()] == [(monday(14), "cancelled")]


def test_missed_there_is_missed_here(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.settle()

    partner.simulators["doctolib"].mark(there, "no_show")
    partner.settle()

    assert Appointment.objects.get().status == "no_show"


def test_only_what_is_new_is_asked_for_and_nothing_twice(partner):
    partner.book_there("doctolib", monday(10))
    partner.settle()
    last = partner.connection.cursor

    partner.settle()

    asked = [call["query"] for call in partner.simulators["doctolib"].ledger(path="/sync")["calls"]]
    assert len(last) == 20
    assert asked[0] == f"last_event_id={last}"
    assert InboundEvent.objects.count() == Appointment.objects.count() == 1


def test_a_feed_longer_than_a_page_is_read_to_its_end(partner):
    there = partner.book_there("doctolib", monday(8))
    for minute in range(120):
        partner.simulators["doctolib"].move(there, (monday(8) + timedelta(minutes=minute + 1)).isoformat())

    partner.settle()

    assert Appointment.objects.get().start == monday(10)
    assert InboundEvent.objects.count() == 121


def test_the_beat_asks_every_fifteen_seconds(partner):
    DuePointer.objects.filter(kind=KIND).update(due_at=clock.now())
    now = clock.now()

    pull_due(now)

    assert DuePointer.objects.get(kind=KIND).due_at == now + timedelta(seconds=15)


def test_an_unmapped_agenda_waits_and_is_applied_once_mapped(partner):
    PractitionerMapping.objects.all().delete()
    partner.book_there("doctolib", monday(10))
    partner.settle()
    assert InboundEvent.objects.get().state == "unmapped"

    map_practitioner(partner.connection, partner.alma.id, "pra_001", now=clock.now())
    partner.settle()

    assert Appointment.objects.get().start == monday(10)


@pytest.mark.parametrize("written", ["local", "no-seconds", "naive"])
def test_times_may_be_written_otherwise(partner, written):
    partner.simulators["doctolib"].order_fault("time-format", "GET /sync", format=written)
    partner.book_there("doctolib", monday(10))

    partner.settle()

    assert Appointment.objects.get().start == monday(10)


def test_events_without_their_instants_are_settled_by_asking(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.simulators["doctolib"].move(there, monday(11).isoformat())
    partner.simulators["doctolib"].order_fault("omit", "GET /sync", fields=["updated_at", "created_at"], times=None)

    partner.settle()

    assert Appointment.objects.get().start == monday(11)


# --- the cursor ------------------------------------------------------------------------------------------------------


def test_an_expired_cursor_reads_all_again_asks_for_each_known_visit_and_says_so(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.settle()
    partner.simulators["doctolib"].move(there, monday(15).isoformat())
    partner.simulators["doctolib"].order_fault("cursor-expired", "GET /sync")

    partner.settle()

    assert Appointment.objects.get().start == monday(15)
    gap = InboundEvent.objects.get(detail="CursorGone")
    assert (gap.state, gap.event_id[:4]) == ("not_understood", "gap ")
    assert partner.connection.cursor


def test_a_comparison_asks_for_every_known_visit(partner):
    there = partner.book_there("doctolib", monday(10))
    partner.book_there("doctolib", monday(12))
    partner.settle()
    partner.simulators["doctolib"].setup(echo=True)
    partner.simulators["doctolib"].order_fault("truncate", "GET /sync", times=None)
    partner.simulators["doctolib"].cancel(there)

    figures = reconcile(partner.connection, clock.now())

    assert (figures.complete, figures.drift, figures.repaired) == (True, 1, 1)
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "confirmed"]


@pytest.mark.parametrize("fault", ["500", "503", "429", "reset", "maintenance", "401"])
def test_a_feed_that_cannot_be_read_changes_nothing_and_is_read_later(partner, fault):
    partner.book_there("doctolib", monday(10))
    partner.simulators["doctolib"].order_fault(fault, "GET /sync")

    pull(partner.connection, clock.now())
    assert (InboundEvent.objects.count(), partner.connection.failures) == (0, 1)
    Connection.objects.update(paused_until=None)
    partner.settle()

    assert Appointment.objects.get().start == monday(10)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_calls_dated_by_a_wrong_clock_are_refused_and_nothing_is_lost(partner, time_machine, minutes):
    ten, now = monday(10), clock.now()
    partner.book_there("doctolib", ten)
    time_machine.move_to(now + timedelta(minutes=minutes))

    pull(partner.connection, clock.now())

    assert partner.connection.last_error == "KeyRefused: 401"
    time_machine.move_to(now)
    partner.due_now()
    partner.settle()
    assert Appointment.objects.get().start == ten
