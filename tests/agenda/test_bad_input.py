"""What cannot be, or is far too much: a clear answer, in bounded time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from time import process_time
from uuid import uuid4

import pytest

from agenda import setup
from agenda.errors import UnknownReference
from agenda.free_times.availability import free_slots, next_slot
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.models import Absence
from medidesk.errors import Refused
from tests.agenda.diary import MONDAY, NOW, Diary, at, make_hours, make_reason
from tests.agenda.rules.asking import STAFF, change, codes

ENOUGH = 10.0  # seconds of a slow processor, whatever else the machine does meanwhile


@contextmanager
def in_time(seconds: float = ENOUGH) -> Iterator[None]:
    """What happens inside takes no longer."""
    began = process_time()
    yield
    assert process_time() - began < seconds


def hours(diary: Diary, **values):
    """Hours by the verb that every door uses."""
    usual = {"practitioner": diary.alma.id, "site": diary.site.id, "weekday": 0, "start": 540, "end": 720}
    return setup.create(setup.HOURS, usual | values, now=NOW)


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"start": 720, "end": 540}, "ends-before-start", "/end"),
        ({"start": 540, "end": 540}, "ends-before-start", "/end"),
        ({"end": 1441}, "ends-before-start", "/end"),
        ({"start": -1}, "ends-before-start", "/end"),
        ({"date": MONDAY}, "weekday-or-date", "/weekday"),
        ({"weekday": None}, "weekday-or-date", "/weekday"),
        ({"every_n_weeks": 2}, "valid-from-needed", "/valid_from"),
        ({"valid_from": MONDAY, "valid_until": MONDAY - timedelta(days=1)}, "ends-before-start", "/valid_until"),
        ({"release": {"days_before": 366, "at": 480}}, "out-of-bounds", "/release/days_before"),
    ],
)
def test_hours_that_cannot_be_are_refused(diary, values, code, pointer):
    with pytest.raises(Refused) as refusal:
        hours(diary, **values)

    assert (refusal.value.code, refusal.value.facts.get("pointer", refusal.value.pointer)) == (code, pointer)


def test_hours_that_overlap_themselves_are_one_range(diary):
    for start, end in ((550, 600), (540, 720), (700, 760), (540, 720)):
        hours(diary, start=start, end=end)

    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00"]
    assert codes(diary, at(12)) == []


def test_hours_over_the_night_that_skips_an_hour(diary):
    change(diary.reason, horizon_days=None)
    sunday = date(2026, 3, 29)
    make_hours(diary.alma, diary.site, 1, 4, weekday=6)

    assert diary.slots(day=sunday) == ["01:00", "01:30", "03:00", "03:30"]
    assert codes(diary, at(1, 30, day=sunday)) == []


def test_hours_that_begin_in_the_skipped_hour_begin_at_its_end(diary):
    make_hours(diary.alma, diary.site, 2, 4, weekday=6, start_minute=150)

    assert diary.slots(day=date(2026, 3, 29)) == ["03:00", "03:30"]


def test_hours_inside_the_skipped_hour_do_not_exist_that_day(diary):
    make_hours(diary.alma, diary.site, 2, 3, weekday=6)

    assert diary.slots(day=date(2026, 3, 29)) == []


def test_hours_over_the_night_that_repeats_an_hour(diary):
    make_hours(diary.alma, diary.site, 1, 4, weekday=6)

    assert diary.slots(day=date(2026, 10, 25)) == ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]


def test_a_reason_that_nobody_offers(diary):
    nobodys = make_reason()

    assert diary.slots(reason=nobodys) == []
    assert next_slot(visit_reason_id=nobodys.id, start_date=MONDAY, now=NOW, visitor=Visitor()) is None
    with pytest.raises(Refused) as refusal:
        diary.book(at(9), visit_reason_id=nobodys.id, practitioner_id=None)
    assert refusal.value.code == "reason-not-offered"


def test_a_horizon_of_fifty_years_is_out_of_bounds(diary):
    with pytest.raises(Refused) as refusal:
        setup.change(setup.REASONS, diary.reason.id, {"horizon_days": 50 * 365}, now=NOW)

    assert refusal.value.code == "out-of-bounds"


def test_without_a_horizon_the_first_free_time_is_sought_in_bounded_time(diary):
    diary.hours.delete()
    make_hours(diary.alma, diary.site, date=date(2099, 1, 1))

    with in_time():
        assert next_slot(visit_reason_id=diary.reason.id, start_date=MONDAY, now=NOW, visitor=Visitor()) is None


@pytest.mark.parametrize("start", [at(9, day=date(2999, 1, 7)), at(9, day=date(1950, 1, 2))])
def test_far_away_times_are_answered(diary, start):
    assert codes(diary, start, STAFF) in ([], ["in-the-past"])


def test_somebody_of_another_cabinet_is_unknown(diary):
    elsewhere = uuid4()

    with pytest.raises(UnknownReference):
        explain(visit_reason_id=diary.reason.id, practitioner_id=elsewhere, start=at(9), now=NOW, visitor=Visitor())
    assert free_slots(
        visit_reason_id=diary.reason.id, start_date=MONDAY, end_date=MONDAY, now=NOW, visitor=Visitor(), practitioner_ids=[elsewhere]
    ) == []  # fmt: skip


def ten_thousand(diary: Diary, **values) -> None:
    """Absences of five minutes, one after the other from the first Monday at 9:00 on, or all at once."""
    step = values.pop("step", timedelta(minutes=7))
    Absence.objects.bulk_create(
        Absence(practitioner=diary.alma, start=at(9) + n * step, end=at(9) + n * step + timedelta(minutes=5), **values)
        for n in range(10_000)
    )


def test_ten_thousand_absences(diary):
    ten_thousand(diary)

    with in_time():
        assert diary.slots() == []
        assert codes(diary, at(9)) == ["practitioner-absent"]
        assert diary.slots(day=MONDAY + timedelta(weeks=10))[0] == "09:00"


@pytest.mark.parametrize("rrule", ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;COUNT=9999", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"])
def test_ten_thousand_absences_that_repeat_without_end(diary, rrule):
    ten_thousand(diary, rrule=rrule, step=timedelta(0))

    with in_time():
        assert diary.slots()[0] == "09:30"
    with in_time(1.0):
        assert codes(diary, at(9)) == ["practitioner-absent"]
        assert codes(diary, at(9, 30)) == []


def test_a_repeat_that_never_comes_is_answered(diary):
    Absence.objects.create(practitioner=diary.alma, start=at(9), end=at(10), rrule="FREQ=YEARLY;INTERVAL=9999;BYDAY=53MO")

    with in_time():
        assert diary.slots()[0] == "10:00"
        assert diary.slots(day=MONDAY + timedelta(weeks=50))[0] == "09:00"
