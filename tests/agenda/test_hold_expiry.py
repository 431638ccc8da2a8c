"""Holds end by themselves."""

from datetime import timedelta

import pytest

from agenda.models import Appointment, Hold
from agenda.scheduling import expire_holds, hold_slot, import_visit
from agenda.tasks import expire_due_holds
from medidesk.due.pointers import cabinets_due
from tests.agenda.diary import NOW, PATIENT, PLATFORM, at


@pytest.fixture
def held(diary) -> Hold:
    return hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)


def test_hold_is_due_at_its_expiry(held, cabinet):
    assert cabinets_due(NOW + timedelta(minutes=14)) == []
    assert cabinets_due(NOW + timedelta(minutes=15)) == [("holds", cabinet.schema_name)]


def test_expired_hold_lets_a_conflict_become_normal(held, diary):
    imported = import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW
    )

    assert expire_holds(now=NOW + timedelta(minutes=15)) == 1

    assert Hold.objects.get().state == "expired"
    assert Appointment.objects.get(pk=imported.pk).lane == "normal"


def test_task_ends_what_is_due_and_nothing_is_left_to_do(held, time_machine):
    time_machine.move_to(NOW + timedelta(hours=1))

    assert expire_due_holds.apply().result == 1
    assert cabinets_due(NOW + timedelta(hours=1)) == []
