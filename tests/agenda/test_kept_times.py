"""Times kept for the telephone, for emergencies, for the cabinet: worked examples, as a secretary would set them up."""

from datetime import timedelta

from agenda import setup
from tests.agenda.diary import MONDAY, NOW, STAFF, Diary, at, make_hours, make_patient, make_reason
from tests.agenda.rules.asking import ONLINE, PHONE, change, codes
from tests.agenda.rules.asking import STAFF as AT_THE_DESK

SUNDAY = MONDAY - timedelta(days=1)
MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
THE_DAY_BEFORE_AT_EIGHT = {"days_before": 1, "at": 480}


def book_for(diary: Diary, start, name: str, **values) -> None:
    """Somebody else than Nour books."""
    diary.book(start, patient_id=make_patient(first_names=name, email=f"{name}@patients.example").id, **values)


def test_two_morning_slots_kept_for_the_phone_opened_online_the_day_before_at_eight(diary):
    """Six times in the morning, four of them at most online; the last two wait for callers until the day before at 8."""
    setup.create(
        setup.QUOTAS,
        {
            "practitioner": diary.alma.id, "start": 540, "end": 720, "channels": ["website", "partner"], "most_visits": 4,
            "release": THE_DAY_BEFORE_AT_EIGHT,
        },
        now=NOW,
    )  # fmt: skip
    before, after = at(7, 59, day=SUNDAY), at(8, day=SUNDAY)
    for n, start in enumerate((at(9), at(9, 30), at(10), at(10, 30))):
        book_for(diary, start, f"p{n}", now=before)

    assert diary.slots(now=before) == []
    assert codes(diary, at(11), ONLINE, now=before) == ["kept-until-release"]
    assert diary.slots(now=before, visitor=PHONE) == ["11:00", "11:30"]
    book_for(diary, at(11), "caller", now=before, source="phone", actor=STAFF)
    assert diary.slots(now=after) == ["11:30"]


def test_phone_mornings_opened_online_the_day_before(diary):
    """The same minutes twice: for callers at any time, and kept from everybody else until the release."""
    change(diary.hours, channels=["phone"])
    make_hours(diary.alma, diary.site, channels=["website", "partner"], release_days_before=1, release_minute=480)

    assert diary.slots(now=at(7, 59, day=SUNDAY)) == []
    assert codes(diary, at(9), ONLINE, now=at(7, 59, day=SUNDAY)) == ["kept-until-release"]
    assert diary.slots(now=at(7, 59, day=SUNDAY), visitor=PHONE) == MORNING
    assert diary.slots(now=at(8, day=SUNDAY)) == MORNING


def test_emergency_slots_of_a_reason_of_their_own(diary):
    """The last hour is for emergencies alone, which only the cabinet books."""
    change(diary.hours, end_minute=11 * 60)
    emergency = make_reason(diary.alma, name="Urgence", bookable_by="staff", duration_minutes=20)
    make_hours(diary.alma, diary.site, 11, 12, visit_reasons=[emergency])

    assert diary.slots() == MORNING[:4]
    assert codes(diary, at(11)) == ["outside-opening-hours"]
    assert codes(diary, at(11), reason=emergency) == ["staff-only"]
    assert diary.slots(reason=emergency, visitor=AT_THE_DESK)[-3:] == ["11:00", "11:20", "11:40"]


def test_emergency_slots_that_open_the_same_morning(diary):
    """The last hour is kept for the cabinet; what is left of it opens to everybody on the day itself at 8."""
    change(diary.hours, end_minute=11 * 60)
    make_hours(diary.alma, diary.site, 11, 12, release_days_before=0, release_minute=480)
    book_for(diary, at(11), "emergency", actor=STAFF, source="phone")

    assert diary.slots(now=at(7, 59)) == MORNING[:4]
    assert codes(diary, at(11, 30), now=at(7, 59)) == ["kept-until-release"]
    assert diary.slots(now=at(8)) == ["09:00", "09:30", "10:00", "10:30", "11:30"]


def test_hours_of_the_cabinet_never_open_by_themselves(diary):
    """An audience is for good: a release lifts the wait, not the audience."""
    change(diary.hours, audience="staff", release_days_before=0, release_minute=480)

    assert codes(diary, at(9), now=at(8)) == ["staff-only"]
    assert diary.slots(now=at(8), visitor=AT_THE_DESK) == MORNING
