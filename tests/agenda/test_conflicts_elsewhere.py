"""A visit in conflict with another cabinet of the same doctor has its time as soon as that one gives it back."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from agenda.models import Appointment
from agenda.scheduling import cancel_appointment, expire_holds, hold_slot, import_visit, move_appointment
from agenda.scheduling.conflicts import settle_called
from agenda.setup.sharing import stop_sharing
from agenda.sharing import restore_shared_time
from medidesk.due.models import DuePointer
from medidesk.due.pointers import cabinets_due
from medidesk.shared_time.awaiting import WORK
from medidesk.shared_time.models import AwaitedTime, SharedTime
from tests.agenda.diary import NOW, PATIENT, PLATFORM, STAFF, at
from tests.agenda.sharing import ALMA, There, diary_of_alma, share


@pytest.fixture(autouse=True)
def _sunday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here(cabinet):
    """Alma in Tourcoing, sharing."""
    return share(diary_of_alma())


@pytest.fixture
def there(other_cabinet, here) -> There:
    """Alma in La Réunion, sharing."""
    return There(other_cabinet)


def imported(diary) -> Appointment:
    """A platform brings a visit at ten."""
    return import_visit(practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW)


@pytest.fixture
def taken_there(there) -> Appointment:
    """Ten o'clock is the other cabinet's."""
    return there.book(at(10))


@pytest.fixture
def waiting(here, taken_there) -> Appointment:
    """A visit here that came in on it."""
    return imported(here)


def lane(visit) -> str:
    return Appointment.objects.get(pk=visit.pk).lane


def give_back(there, visit) -> None:
    with there.cabinet:
        cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)


def test_it_waits_and_nothing_is_due(waiting):
    row = AwaitedTime.objects.get()

    assert (waiting.lane, row.reference, row.schema, settle_called(NOW)) == ("conflict", waiting.id, connection.schema_name, 0)


def test_a_cancellation_there_settles_it_here(there, taken_there, waiting):
    give_back(there, taken_there)
    assert (WORK, connection.schema_name) in cabinets_due(NOW)

    assert settle_called(NOW) == 1

    assert (lane(waiting), SharedTime.objects.get().reference) == ("normal", waiting.id)
    assert (AwaitedTime.objects.count(), DuePointer.objects.filter(kind=WORK).count()) == (0, 0)


def test_a_move_there_settles_it_too(there, taken_there, waiting):
    with there.cabinet:
        move_appointment(appointment_id=taken_there.id, start=at(11), actor=STAFF, now=NOW)

    settle_called(NOW)

    assert lane(waiting) == "normal"


def test_time_given_back_beside_it_calls_nobody(there, waiting):
    other = there.book(at(11))

    give_back(there, other)

    assert settle_called(NOW) == 0


def test_time_taken_again_meanwhile_keeps_the_conflict_waiting(there, taken_there, waiting):
    give_back(there, taken_there)
    again = there.book(at(10))

    assert (settle_called(NOW), lane(waiting), DuePointer.objects.filter(kind=WORK).count()) == (1, "conflict", 0)
    give_back(there, again)
    settle_called(NOW)

    assert lane(waiting) == "normal"


def test_a_held_time_there_that_ends(here, there):
    with there.cabinet:
        hold_slot(
            visit_reason_id=there.diary.reason.id, practitioner_id=there.diary.alma.id, start=at(10), actor=PATIENT, source="website",
            now=NOW,
        )  # fmt: skip
    visit = imported(here)
    later = NOW + timedelta(minutes=20)

    with there.cabinet:
        expire_holds(now=later)
    settle_called(later)

    assert lane(visit) == "normal"


def test_sharing_switched_off_there(there, waiting):
    with there.cabinet:
        stop_sharing(there.diary.alma.id, actor=ALMA, now=NOW)

    settle_called(NOW)

    assert lane(waiting) == "normal"


def test_a_visit_cancelled_while_it_waits_waits_no_more(there, taken_there, waiting):
    cancel_appointment(appointment_id=waiting.id, by="cabinet", reason="", actor=STAFF, now=NOW)

    give_back(there, taken_there)

    assert (AwaitedTime.objects.count(), settle_called(NOW)) == (0, 0)


def test_who_insisted_waits_for_nothing(here, taken_there):
    here.book(at(10), actor=STAFF, source="phone", insist="urgence")

    assert not AwaitedTime.objects.exists()


def test_a_restore_says_again_who_waits(waiting):
    AwaitedTime.objects.all().delete()

    with transaction.atomic():
        assert restore_shared_time(NOW) == 1

    assert AwaitedTime.objects.get().reference == waiting.id


def test_a_call_that_comes_again_during_the_look_stands(there, taken_there, waiting):
    from medidesk.shared_time.awaiting import answered, called

    give_back(there, taken_there)
    calls = called(NOW)
    DuePointer.objects.filter(kind=WORK).update(due_at=NOW + timedelta(seconds=1))

    answered(calls)

    assert called(NOW + timedelta(seconds=1)) == [(waiting.id, NOW + timedelta(seconds=1))]
