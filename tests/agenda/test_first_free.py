"""The first free time is the first of all that are listed, however far, in a number of queries that does not grow."""

from datetime import date, datetime, timedelta

import pytest

from agenda.free_times.availability import FreeSlot, free_slots, next_slot
from agenda.free_times.openings import Visitor
from agenda.models import VisitReason
from tests.agenda.diary import MONDAY, NOW, STAFF, at, make_absence, make_hours, make_practitioner, make_reason

STAFF_VISITOR = Visitor(staff=True, channel="phone")


def first(diary, **values) -> FreeSlot | None:
    """The first free time of the diary's reason."""
    return next_slot(**{"visit_reason_id": diary.reason.id, "start_date": MONDAY, "now": NOW, "visitor": Visitor()} | values)


def first_start(diary, **values) -> datetime | None:
    """When it is."""
    found = first(diary, **values)
    return found.start if found else None


def first_listed(diary, start: date, visitor: Visitor) -> FreeSlot | None:
    """The same, from the listing of a year and more."""
    offers = free_slots(visit_reason_id=diary.reason.id, start_date=start, end_date=start + timedelta(days=420), now=NOW, visitor=visitor)
    found = [
        FreeSlot(offer.practitioner_id, diary.site.id, slot.start, slot.start + timedelta(minutes=offer.duration_minutes))
        for offer in offers
        for slot in offer.slots
    ]
    return min(found, key=lambda one: one.start, default=None)


@pytest.fixture
def full(diary):
    """Two practitioners: the first has one Monday in three away until September, the second is full until July."""
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site, 10, 11)
    diary.reason.practitioners.add(ben)
    make_absence(at(0), at(0, day=date(2026, 7, 14)), practitioner=ben)
    make_absence(at(0), at(0, day=date(2026, 3, 17)), practitioner=diary.alma, rrule="FREQ=MONTHLY;COUNT=4")
    for week in range(20):
        for hour in (9, 10, 11):
            for minute in (0, 30):
                start = at(hour, minute, day=MONDAY + timedelta(weeks=week))
                diary.book(start, actor=STAFF, source="phone", insist="urgence")
    return diary


@pytest.mark.parametrize("visitor", [Visitor(), Visitor(status="known", channel="website"), STAFF_VISITOR])
@pytest.mark.parametrize("days", [0, 1, 29, 30, 100, 150])
def test_first_free_time_is_the_first_that_is_listed(full, visitor, days):
    start = MONDAY + timedelta(days=days)
    assert first(full, start_date=start, visitor=visitor) == first_listed(full, start, visitor) is not None


def test_days_before_the_one_asked_for_are_not_offered(diary):
    assert first_start(diary, start_date=date(2026, 3, 3)) == at(9, day=date(2026, 3, 9))


def test_nothing_is_offered_beyond_the_days_asked_for(diary):
    make_absence(at(0), at(0, day=date(2026, 4, 6)), practitioner=diary.alma)
    assert [first(diary, days=days) for days in (42, 43)] == [None, first(diary)]


def test_horizon_ends_the_search(diary):
    make_absence(at(0), at(0, day=date(2026, 4, 6)), practitioner=diary.alma)
    VisitReason.objects.update(horizon_days=30)
    assert first(diary) is None


def test_a_booking_is_seen_at_once(diary):
    make_absence(at(0), at(0, day=date(2026, 9, 1)), practitioner=diary.alma)
    before = first_start(diary)
    diary.book(at(9, day=date(2026, 9, 7)))
    assert (before, first_start(diary)) == (at(9, day=date(2026, 9, 7)), at(9, 30, day=date(2026, 9, 7)))


def test_a_year_away_costs_one_query_warm_and_three_cold(diary, django_assert_num_queries):
    others = [make_practitioner(diary.site, first_name=str(n)) for n in range(9)]
    everyone = make_reason(diary.alma, *others)
    for one in (diary.alma, *others):
        make_absence(at(0), at(0, day=date(2026, 12, 1)), practitioner=one)
    first(diary, visit_reason_id=everyone.id)

    with django_assert_num_queries(1):
        first(diary, visit_reason_id=everyone.id)
    diary.book(at(9, day=date(2026, 12, 14)), visit_reason_id=everyone.id)
    with django_assert_num_queries(3):
        first(diary, visit_reason_id=everyone.id)
