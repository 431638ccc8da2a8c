"""A hold is booked at the very moment at which a worker notes what it has closed for it on a platform: neither stops the other."""

import threading

import pytest
from django.db import connection, transaction

from agenda.actors import Actor
from agenda.scheduling import book_appointment, hold_slot
from integrations.models import Connection, ExternalReference, OutboundChange
from integrations.models.connection import Mode
from integrations.models.reference import Kind
from tests.agenda.diary import NOW, Diary, at, make_patient

SECONDS = 30


@pytest.fixture
def diary(throwaway_cabinet) -> Diary:
    """A diary with real commits."""
    return Diary()


def hold(diary):
    return hold_slot(
        visit_reason_id=diary.reason.id, start=at(10), actor=Actor.patient(), source="website", now=NOW, practitioner_id=diary.alma.id
    )


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(SECONDS * 100):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody came to wait")


def test_the_booking_waits_for_the_worker_and_both_commit(diary, throwaway_cabinet):
    platform = Connection.objects.create(platform="doctolib", base_url="https://platform.example", mode=Mode.BOTH)
    patient, held = make_patient(), hold(diary)
    change = OutboundChange.objects.create(connection=platform, subject=held.id, is_hold=True, act="held", due=NOW)
    booked = []

    def book() -> None:
        with throwaway_cabinet:
            who = {"actor": Actor.patient(), "source": "website", "patient_id": patient.id, "now": NOW}
            booked.append(book_appointment(hold_id=held.id, **who).appointment.id)
        connection.close()

    booker = threading.Thread(target=book)
    with transaction.atomic():
        OutboundChange.objects.select_for_update().get(pk=change.pk)
        reference = ExternalReference.objects.create(connection=platform, kind=Kind.BUSY, external_id="b1", hold=held)
        booker.start()
        wait_until_somebody_waits()
    booker.join(SECONDS)

    change.refresh_from_db()
    reference.refresh_from_db()
    assert [change.subject] == [reference.appointment_id] == booked
