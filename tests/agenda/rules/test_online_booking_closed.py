"""online-booking-closed: after too many missed visits, for the website and partners, until it ends by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agenda.free_times.online_closing import closed_until
from agenda.scheduling import hold_slot
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, PATIENT, at
from tests.agenda.missed import miss_times, switch_on
from tests.agenda.rules.asking import ONLINE, PARTNER, PHONE, STAFF, codes, refused


@pytest.fixture
def closed(diary):
    """Nour has missed three visits; answers until when she may not book online."""
    switch_on()
    miss_times(diary, 3)
    return closed_until(diary.nour.id, NOW)


@pytest.mark.parametrize(
    ("visitor", "expected"), [(ONLINE, ["online-booking-closed"]), (PARTNER, ["online-booking-closed"]), (PHONE, [])]
)  # fmt: skip
def test_refuses_online_but_not_by_telephone(diary, closed, visitor, expected):
    assert codes(diary, at(9), replace(visitor, patient_id=diary.nour.id)) == expected


def test_listing_offers_nothing_online(diary, closed):
    assert diary.slots(visitor=replace(ONLINE, patient_id=diary.nour.id)) == []
    assert diary.slots(visitor=replace(PHONE, patient_id=diary.nour.id)) != []
    assert diary.slots(visitor=ONLINE) != []


def test_ends_by_itself(diary, closed):
    visitor = replace(ONLINE, patient_id=diary.nour.id)
    monday = MONDAY + timedelta(weeks=30)

    assert codes(diary, at(9, day=monday), visitor, now=closed - timedelta(minutes=1)) == ["online-booking-closed"]
    assert codes(diary, at(9, day=monday), visitor, now=closed) == []


def test_a_hold_does_not_get_around_it(diary, closed):
    hold = hold_slot(visit_reason_id=diary.reason.id, start=at(9), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    with pytest.raises(Refused) as refusal:
        diary.book(at(9), hold_id=hold.id)
    assert refusal.value.code == "online-booking-closed"


def test_the_staff_is_warned(diary, closed):
    assert refused(diary, at(9), replace(STAFF, patient_id=diary.nour.id)) == {"online-booking-closed": "warn"}
