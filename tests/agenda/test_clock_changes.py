"""Possible starts around every clock change, in every zone of France: what a minute-by-minute reading of the rules gives."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.calendar.wall_time import instant_of
from agenda.free_times.asked import Asked
from agenda.free_times.candidates import candidates
from agenda.free_times.openings import Visitor
from agenda.free_times.schedule import Away, Hours, PractitionerPlan, ReasonPlan, Schedule
from tests.agenda.test_wall_time import CHANGES, ZONES

ALMA, SITE, REASON = (UUID(int=n) for n in (1, 2, 3))
LONG_AGO = 0

ranges = st.tuples(st.integers(0, 1435), st.integers(5, 600)).map(lambda one: (one[0], min(one[0] + one[1], 1440)))
days = st.sampled_from(CHANGES) | st.dates(date(2020, 1, 1), date(2040, 12, 31))
absences = st.tuples(st.integers(-600, 2000), st.integers(1, 400))


def schedule_of(zone: ZoneInfo, rows: list[Hours], away: list[Away], *, duration: int, grid: int | None) -> tuple[Schedule, ReasonPlan]:
    """One practitioner, one site, one reason."""
    reason = ReasonPlan(
        id=REASON, name="", before=0, after=0, grid=grid, notice=0, horizon=None, bookable_by="everyone", needs_validation=False,
        max_per_day=None, min_days_between=None, one_upcoming=False, avoid_holes=False, kinds=(), durations={ALMA: duration},
    )  # fmt: skip
    plan = PractitionerPlan(ALMA, "Alma", (SITE,), bookable_online=True, works_on_holidays=True)
    return Schedule(1, zone, {SITE: ""}, {ALMA: plan}, {REASON: reason}, {}, {ALMA: tuple(rows)}, {ALMA: tuple(away)}), reason


def hours_on(day: date, start: int, end: int) -> Hours:
    """One-off hours."""
    return Hours(SITE, None, day, start, end, None, None, 1, frozenset(), "everyone", frozenset(), None)


def by_the_clock(zone: ZoneInfo, day: date, opened: list[tuple[int, int]], away: list[tuple[datetime, datetime]], duration: int, grid: int):
    """Every minute of three days looked at on the wall: is it open, is somebody there, is it on the grid of its stretch?"""
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() // 60) - 1440
    is_open, is_there, on_day = {}, {}, {}
    for minute in range(first, first + 3 * 1440 + duration):
        instant = instant_of(minute)
        local = instant.astimezone(zone)
        wall = local.hour * 60 + local.minute
        is_open[minute] = local.date() == day and any(start <= wall < end for start, end in opened)
        is_there[minute] = not any(low < instant + timedelta(minutes=1) and instant < high for low, high in away)
        on_day[minute] = local.date() == day
    found, began = [], None
    for minute in range(first, first + 3 * 1440):
        began = (minute if began is None else began) if is_open[minute] else None
        visit = range(minute, minute + duration)
        if began is not None and (minute - began) % grid == 0 and all(is_open[one] and is_there[one] for one in visit) and on_day[minute]:
            found.append(minute)
    return found


@settings(max_examples=120, deadline=None)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo), day=days, opened=st.lists(ranges, min_size=1, max_size=3),
    away=st.lists(absences, max_size=2),
    duration=st.sampled_from([5, 20, 45, 90]), grid=st.sampled_from([None, 10, 25]),
)  # fmt: skip
def test_starts_are_those_of_the_wall_clock(zone, day, opened, away, duration, grid):
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    once = [(midnight + timedelta(minutes=start), midnight + timedelta(minutes=start + length)) for start, length in away]
    rows = [hours_on(day, start, end) for start, end in opened]
    schedule, reason = schedule_of(zone, rows, [Away(low, high, "", "") for low, high in once], duration=duration, grid=grid)

    found = candidates(Asked(schedule, ALMA, SITE, reason, Visitor(), (day, day + timedelta(days=1))), LONG_AGO)

    assert found.starts == by_the_clock(zone, day, opened, once, duration, grid or duration)


@pytest.mark.parametrize("day", CHANGES)
def test_a_weekly_absence_keeps_its_wall_time_over_the_change(day):
    zone = ZoneInfo("Europe/Paris")
    lunch = datetime(day.year, day.month, day.day, 12, tzinfo=zone) - timedelta(days=14)
    away = Away(lunch, lunch + timedelta(hours=2), "FREQ=WEEKLY", "")
    schedule, reason = schedule_of(zone, [hours_on(day, 600, 960)], [away], duration=60, grid=None)

    found = candidates(Asked(schedule, ALMA, SITE, reason, Visitor(), (day, day + timedelta(days=1))), LONG_AGO)

    assert [text[11:16] for text in found.texts] == ["10:00", "11:00", "14:00", "15:00"]


@pytest.mark.parametrize("day", CHANGES)
def test_a_night_of_visits_has_an_hour_more_in_october_and_one_less_in_march(day):
    schedule, reason = schedule_of(ZoneInfo("Europe/Paris"), [hours_on(day, 0, 360)], [], duration=30, grid=None)

    found = candidates(Asked(schedule, ALMA, SITE, reason, Visitor(), (day, day + timedelta(days=1))), LONG_AGO)

    assert len(found.starts) == (14 if day.month == 10 else 10)
    assert {after - before for before, after in zip(found.starts, found.starts[1:], strict=False)} == {30}
