"""patient-already-booked: a reason that wants one visit to come at a time; keep or replace."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agenda.models import Appointment
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, at
from tests.agenda.rules.asking import ONLINE, STAFF, change, codes, refused

LATER = MONDAY + timedelta(weeks=1)


def nours(diary):
    """Nour, online, of a reason for which one visit to come is enough."""
    change(diary.reason, one_upcoming=True)
    return replace(ONLINE, patient_id=diary.nour.id)


def test_refuses_a_second_one(diary):
    visitor = nours(diary)
    diary.book(at(9))

    assert codes(diary, at(9, day=LATER), visitor) == ["patient-already-booked"]


def test_does_not_refuse_once_the_first_has_begun(diary):
    visitor = nours(diary)
    diary.book(at(9))

    assert codes(diary, at(9, day=LATER), visitor, now=at(9)) == ["patient-already-booked"]
    assert codes(diary, at(9, day=LATER), visitor, now=at(9, 1)) == []


def test_keep_and_replace(diary):
    nours(diary)
    first = diary.book(at(9))
    with pytest.raises(Refused) as refusal:
        diary.book(at(9, day=LATER))
    assert refusal.value.code == "patient-already-booked"

    second = diary.book(at(9, day=LATER), on_existing="keep")
    diary.book(at(10, day=LATER), on_existing="replace")

    statuses = [Appointment.objects.get(pk=visit.pk).status for visit in (first, second)]
    assert statuses == ["cancelled", "confirmed"]


def test_the_staff_is_warned(diary):
    nours(diary)
    diary.book(at(9))

    assert refused(diary, at(9, day=LATER), replace(STAFF, patient_id=diary.nour.id)) == {"patient-already-booked": "warn"}
