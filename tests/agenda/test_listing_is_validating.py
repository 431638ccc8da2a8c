"""Generated diaries: what is listed is exactly what the rules let through, and what a minute-by-minute oracle finds."""

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.calendar.wall_time import instant_of
from agenda.free_times.availability import free_slots
from agenda.free_times.busy import bump_versions
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.models import Absence, Appointment, Occupancy, OpeningHours, Practitioner, VisitReason
from agenda.scheduling import import_visit
from tests.agenda.diary import PARIS, PLATFORM, Diary, make_absence

# The Sunday on which the clocks go back, and the Monday after it.
DAYS = (date(2026, 10, 25), date(2026, 10, 26))
NOW = datetime(2026, 10, 24, 20, 0, tzinfo=PARIS)

hours = st.tuples(st.sampled_from([6, 0]), st.integers(0, 46), st.integers(1, 12), st.sampled_from(["everyone", "known", "staff"]))
spans = st.tuples(st.sampled_from(DAYS), st.integers(0, 94), st.integers(1, 12))
diaries = st.fixed_dictionaries(
    {
        "hours": st.lists(hours, min_size=1, max_size=4),
        "busy": st.lists(spans, max_size=6),
        "away": st.lists(spans, max_size=2),
        "duration": st.sampled_from([10, 15, 30, 45]),
        "grid": st.sampled_from([None, 10, 20]),
        "buffers": st.sampled_from([(0, 0), (5, 10), (15, 0)]),
        "notice": st.sampled_from([0, 600, 1200]),
        "status": st.sampled_from(["new", "known"]),
    }
)


def instant(day: date, quarter: int) -> datetime:
    return datetime(day.year, day.month, day.day, quarter // 4 % 24, quarter % 4 * 15, tzinfo=PARIS)


def build(diary: Diary, plan: dict) -> None:
    """Make the cabinet's set-up and visits what the plan says."""
    for model in (Occupancy, Appointment, Absence, OpeningHours):
        model.objects.all().delete()
    bump_versions([diary.alma.id])  # what the verbs do with every change
    Practitioner.objects.update(works_on_holidays=True)
    before, after = plan["buffers"]
    VisitReason.objects.update(
        duration_minutes=plan["duration"], grid_minutes=plan["grid"], min_notice_minutes=plan["notice"],
        buffer_before_minutes=before, buffer_after_minutes=after,
    )  # fmt: skip
    for weekday, start, length, audience in plan["hours"]:
        OpeningHours.objects.create(
            practitioner=diary.alma, site=diary.site, weekday=weekday, start_minute=start * 30, audience=audience,
            end_minute=min(start * 30 + length * 30, 1440),
        )  # fmt: skip
    for day, quarter, length in plan["away"]:
        make_absence(instant(day, quarter), instant(day, quarter) + timedelta(minutes=15 * length), practitioner=diary.alma)
    for day, quarter, length in plan["busy"]:
        start = instant(day, quarter)
        import_visit(
            practitioner_id=diary.alma.id, start=start, end=start + timedelta(minutes=15 * length), actor=PLATFORM, source="doctolib",
            origin="c", now=NOW,
        )  # fmt: skip


def open_minute(plan: dict, minute: int) -> bool:
    local = instant_of(minute).astimezone(PARIS)
    wall = local.hour * 60 + local.minute
    return any(
        local.weekday() == weekday and start * 30 <= wall < min(start * 30 + length * 30, 1440) and audience in ("everyone", plan["status"])
        for weekday, start, length, audience in plan["hours"]
    )


def oracle(plan: dict) -> list[int]:
    """The free starts, the slow obvious way: minute by minute on sets."""
    first = int(datetime(2026, 10, 24, tzinfo=PARIS).timestamp() // 60)
    minutes = range(first, first + 5 * 1440)
    opened = {m for m in minutes if open_minute(plan, m)}

    def taken(spans) -> set[int]:
        starts = [(int(instant(day, quarter).timestamp() // 60), length) for day, quarter, length in spans]
        return {m for start, length in starts for m in range(start, start + 15 * length)}

    away, busy = taken(plan["away"]), taken(plan["busy"])
    before, after = plan["buffers"]
    now = int(NOW.timestamp() // 60)
    found, anchor = [], None
    for m in minutes:
        if m not in opened:
            anchor = None
            continue
        anchor = m if anchor is None else anchor
        visit = range(m, m + plan["duration"])
        local = instant_of(m).astimezone(PARIS).date()
        if (
            (m - anchor) % (plan["grid"] or plan["duration"]) == 0
            and local in DAYS
            and all(one in opened and one not in away for one in visit)
            and all(one not in busy for one in range(m - before, m + plan["duration"] + after))
            and m >= now + plan["notice"]
        ):
            found.append(m)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plan=diaries)
def test_listed_times_are_those_of_the_oracle_and_of_the_rules(diary, plan):
    build(diary, plan)
    visitor = Visitor(status=plan["status"], channel="website")

    offers = free_slots(visit_reason_id=diary.reason.id, start_date=DAYS[0], end_date=DAYS[1] + timedelta(days=1), now=NOW, visitor=visitor)
    listed = [slot.start_minute for offer in offers for slot in offer.slots]

    assert listed == oracle(plan)
    near = {minute + shift for minute in listed[:4] + listed[-2:] for shift in (-5, 0, 5, 10)}
    allowed = {
        minute
        for minute in near
        if not explain(visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, start=instant_of(minute), now=NOW, visitor=visitor)
    }
    assert allowed == near & set(listed)
