"""The cabinet changes its set-up while somebody, who has read it, waits for the practitioner's lock: the new set-up counts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from agenda.free_times.schedule import current_schedule
from agenda.models import Absence, Appointment, OpeningHours
from agenda.scheduling import hold_slot, move_appointment, swap_appointments
from agenda.scheduling.present_setup import TRIES, by_present_setup
from medidesk.db.locks import lock_until_commit
from medidesk.errors import MediDeskError
from tests.agenda.diary import NOW, STAFF, Diary, at, make_absence, make_patient, make_room

SECONDS = 30


@pytest.fixture
def diary(throwaway_cabinet) -> Diary:
    """A diary with real commits."""
    return Diary()


@contextmanager
def meanwhile(diary: Diary, cabinet, act: Callable[[], object]) -> Iterator[list[object]]:
    """Inside, `act` has read the set-up and waits for Alma; what it answers, or the code of its refusal, is there afterwards."""
    answers: list[object] = []

    def run() -> None:
        with cabinet:
            try:
                answers.append(act())
            except MediDeskError as error:
                answers.append(error.code)
        connection.close()

    current_schedule()
    actor = threading.Thread(target=run)
    with transaction.atomic():
        lock_until_commit([diary.alma.id])
        actor.start()
        _wait_until_somebody_waits()
        yield answers
    actor.join(SECONDS)
    assert len(answers) == 1


def _wait_until_somebody_waits() -> None:
    """Return once a session of this database waits for an advisory lock."""
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with connection.cursor() as cursor:
        for _ in range(SECONDS * 100):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody came to wait")


def away(diary: Diary) -> Absence:
    """Alma is away on that Monday."""
    return make_absence(at(0), at(23), practitioner_id=diary.alma.id)


def test_a_booking_does_not_slip_into_a_new_absence(diary, throwaway_cabinet):
    with meanwhile(diary, throwaway_cabinet, lambda: diary.book(at(10))) as answers:
        away(diary)

    assert answers == ["practitioner-absent"]
    assert not Appointment.objects.exists()


def test_a_booking_without_a_choice_of_practitioner_neither(diary, throwaway_cabinet):
    with meanwhile(diary, throwaway_cabinet, lambda: diary.book(at(10), practitioner_id=None)) as answers:
        away(diary)

    assert answers == ["practitioner-absent"]


def test_a_hold_does_not_slip_out_of_changed_hours(diary, throwaway_cabinet):
    def hold():
        return hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=STAFF, source="phone", now=NOW)

    with meanwhile(diary, throwaway_cabinet, hold) as answers:
        OpeningHours.objects.filter(pk=diary.hours.pk).update(start_minute=11 * 60)

    assert answers == ["outside-opening-hours"]


def test_a_booking_takes_the_room_that_its_reason_now_needs(diary, throwaway_cabinet):
    with meanwhile(diary, throwaway_cabinet, lambda: diary.book(at(10))) as answers:
        room = make_room(diary.site)
        diary.reason.resource_kinds = ["room"]
        diary.reason.save()

    [visit] = answers
    assert set(visit.occupancies.values_list("resource", flat=True)) == {diary.alma.id, room.id}


def test_a_move_does_not_slip_into_a_new_absence(diary, throwaway_cabinet):
    visit = diary.book(at(10))

    def move():
        return move_appointment(appointment_id=visit.id, start=at(11), actor=STAFF, now=NOW)

    with meanwhile(diary, throwaway_cabinet, move) as answers:
        away(diary)

    assert answers == ["practitioner-absent"]


def test_an_exchange_does_not_slip_into_a_new_absence(diary, throwaway_cabinet):
    first = diary.book(at(10))
    second = diary.book(at(11), patient_id=make_patient(first_names="Ali").id)

    def swap():
        return swap_appointments(appointment_id=first.id, other_id=second.id, actor=STAFF, now=NOW)

    with meanwhile(diary, throwaway_cabinet, swap) as answers:
        away(diary)

    assert answers == ["practitioner-absent"]


def test_a_set_up_that_changes_again_and_again_is_held_still_in_the_end(diary, throwaway_cabinet):
    """Whoever changes it then waits for the look to end its transaction."""
    seen, changed = [], threading.Event()

    def change() -> None:
        with throwaway_cabinet:
            make_absence(at(0) + timedelta(days=7), at(23) + timedelta(days=7), practitioner_id=diary.alma.id)
        connection.close()
        changed.set()

    def look(schedule):
        seen.append(schedule.revision)
        writer = threading.Thread(target=change)
        changed.clear()
        writer.start()
        if len(seen) <= TRIES:
            assert changed.wait(SECONDS)
        return _revision(), writer

    with transaction.atomic():
        schedule, writer = by_present_setup(look)
        assert (len(seen), schedule.revision, _revision()) == (TRIES + 1, seen[-1], seen[-1])
        assert writer.is_alive()
    writer.join(SECONDS)
    assert _revision() > seen[-1]


def _revision() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM agenda_setuprevision")
        return cursor.fetchone()[0]
