"""Listing free times: hours, absences, holidays, occupancy, buffers, grid, notice, horizon, audience."""

from datetime import date, timedelta

from agenda.free_times.availability import free_slots, next_slot
from agenda.free_times.openings import Visitor
from agenda.models import Practitioner, VisitReason
from agenda.scheduling import cancel_appointment, hold_slot
from tests.agenda.diary import MONDAY, NOW, PATIENT, STAFF, at, make_absence, make_hours, make_practitioner, make_reason, make_room

MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def change(row, **values) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


def test_free_slots_fill_the_hours(diary):
    assert diary.slots() == MORNING


def test_free_slots_carry_the_cabinets_offset(diary):
    [offer] = free_slots(
        visit_reason_id=diary.reason.id, start_date=MONDAY, end_date=MONDAY + timedelta(days=1), now=NOW, visitor=Visitor()
    )

    assert offer.slots[0].text == "2026-03-02T09:00:00+01:00"


def test_visit_closes_its_time(diary):
    diary.book(at(10))

    assert diary.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_cancelled_visit_opens_its_time(diary):
    visit = diary.book(at(10))

    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)

    assert diary.slots() == MORNING


def test_hold_closes_its_time_until_it_expires(diary):
    hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    assert diary.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    assert diary.slots(now=NOW + timedelta(minutes=15)) == MORNING


def test_buffers_keep_visits_apart_but_may_leave_the_hours(diary):
    change(diary.reason, buffer_before_minutes=10, buffer_after_minutes=10)
    diary.book(at(10))

    assert diary.slots() == ["09:00", "11:00", "11:30"]


def test_grid_is_apart_from_duration(diary):
    change(diary.reason, grid_minutes=20)

    assert diary.slots() == ["09:00", "09:20", "09:40", "10:00", "10:20", "10:40", "11:00", "11:20"]


def test_hours_that_touch_are_one_range(diary):
    make_hours(diary.alma, diary.site, 12, 13)
    change(diary.reason, duration_minutes=45)

    assert diary.slots() == ["09:00", "09:45", "10:30", "11:15", "12:00"]


def test_absence_closes_what_it_meets(diary):
    make_absence(at(9, 45), at(10, 45), practitioner=diary.alma)

    assert diary.slots() == ["09:00", "11:00", "11:30"]


def test_weekly_absence_repeats_in_wall_time(diary):
    make_absence(at(9), at(11), practitioner=diary.alma, rrule="FREQ=WEEKLY;COUNT=10")

    after_the_clock_change = MONDAY + timedelta(weeks=4)
    assert diary.slots(day=after_the_clock_change) == ["11:00", "11:30"]


def test_closure_of_the_site_closes_everybody(diary):
    make_absence(at(0), at(23), site=diary.site)

    assert diary.slots() == []


def test_public_holiday_closes_weekly_hours(diary):
    easter_monday = date(2026, 4, 6)

    assert diary.slots(day=easter_monday) == []


def test_public_holiday_does_not_close_who_works_on_them(diary):
    change(diary.alma, works_on_holidays=True)

    assert diary.slots(day=date(2026, 4, 6)) == MORNING


def test_dated_hours_open_a_holiday(diary):
    make_hours(diary.alma, diary.site, 14, 15, date=date(2026, 4, 6))

    assert diary.slots(day=date(2026, 4, 6)) == ["14:00", "14:30"]


def test_minimum_notice_hides_what_is_too_near(diary):
    change(diary.reason, min_notice_minutes=60)

    assert diary.slots(now=at(9, 1)) == ["10:30", "11:00", "11:30"]


def test_horizon_counts_calendar_days_today_and_n_included(diary):
    change(diary.reason, horizon_days=7)

    assert diary.slots(now=at(8)) == MORNING
    assert diary.slots(now=at(23), day=MONDAY + timedelta(weeks=1)) == MORNING
    assert diary.slots(now=at(8), day=MONDAY + timedelta(weeks=2)) == []


def test_past_times_are_never_listed(diary):
    assert diary.slots(now=at(10, 15)) == ["10:30", "11:00", "11:30"]


def test_hours_for_known_patients(diary):
    change(diary.hours, audience="known")

    assert diary.slots() == []
    assert diary.slots(visitor=Visitor(status="known", channel="website")) == MORNING


def test_hours_for_the_staff(diary):
    change(diary.hours, audience="staff")

    assert diary.slots(visitor=Visitor(status="known", channel="website")) == []
    assert diary.slots(visitor=Visitor(staff=True, channel="phone")) == MORNING


def test_hours_of_another_channel(diary):
    change(diary.hours, channels=["phone"])

    assert diary.slots() == []
    assert diary.slots(visitor=Visitor(channel="phone")) == MORNING


def test_hours_kept_until_their_release(diary):
    change(diary.hours, release_days_before=1, release_minute=480)

    assert diary.slots(now=at(7, 59, day=MONDAY - timedelta(days=1))) == []
    assert diary.slots(now=at(8, 0, day=MONDAY - timedelta(days=1))) == MORNING


def test_hours_every_other_week(diary):
    change(diary.hours, every_n_weeks=2, valid_from=MONDAY)

    assert diary.slots() == MORNING
    assert diary.slots(day=MONDAY + timedelta(weeks=1)) == []
    assert diary.slots(day=MONDAY + timedelta(weeks=2)) == MORNING


def test_room_needed_by_the_reason(diary):
    make_room(diary.site)
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site)
    other = make_reason(diary.alma, ben, resource_kinds=["room"])
    diary.book(at(10), visit_reason_id=other.id)

    assert diary.slots(ben.id, reason=other) == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_reason_without_room_left_is_not_offered(diary):
    other = make_reason(diary.alma, resource_kinds=["room", "room"])
    make_room(diary.site)

    assert diary.slots(reason=other) == []


def test_daily_maximum_counts_visits_of_the_reason(diary):
    change(diary.reason, max_per_day=1)
    diary.book(at(9))

    assert diary.slots() == []
    assert diary.slots(day=MONDAY + timedelta(weeks=1)) == MORNING


def test_practitioner_without_hours_has_one_empty_offer(diary):
    ben = make_practitioner(diary.site, first_name="Ben")
    other = make_reason(ben)

    [offer] = free_slots(visit_reason_id=other.id, start_date=MONDAY, end_date=MONDAY + timedelta(days=1), now=NOW, visitor=Visitor())

    assert (offer.practitioner_id, offer.site_id, offer.slots) == (ben.id, None, [])


def test_next_slot_jumps_over_a_closed_spring(diary):
    make_absence(at(0), at(0, day=date(2026, 9, 1)), practitioner=diary.alma)

    found = next_slot(visit_reason_id=diary.reason.id, start_date=MONDAY, now=NOW, visitor=Visitor())

    assert found.start == at(9, day=date(2026, 9, 7))


def test_set_up_changes_are_seen_at_once(diary):
    assert diary.slots() == MORNING

    Practitioner.objects.filter(pk=diary.alma.pk).update(bookable_online=False)
    assert diary.slots() == []

    VisitReason.objects.filter(pk=diary.reason.pk).update(duration_minutes=60)
    assert diary.slots(visitor=Visitor(staff=True, channel="phone")) == ["09:00", "10:00", "11:00"]


def test_queries_do_not_depend_on_days_or_practitioners(diary, django_assert_num_queries):
    practitioners = [make_practitioner(diary.site, first_name=str(n)) for n in range(9)]
    for one in practitioners:
        make_hours(one, diary.site)
    everyone = make_reason(diary.alma, *practitioners)
    diary.slots(reason=everyone)

    with django_assert_num_queries(1):
        diary.slots(reason=everyone)
    diary.book(at(9), visit_reason_id=everyone.id, actor=STAFF)
    with django_assert_num_queries(2):
        diary.slots(reason=everyone)
