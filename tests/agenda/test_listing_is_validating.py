"""Generated diaries: what is listed is exactly what the rules let through, and what a minute-by-minute oracle finds."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agenda.calendar.wall_time import epoch_minute, instant_of
from agenda.free_times.availability import free_slots
from agenda.free_times.busy import bump_versions
from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from agenda.models import Absence, Appointment, Occupancy, OpeningHours, Practitioner, Quota, VisitReason
from agenda.scheduling import import_visit
from tests.agenda.diary import PARIS, PLATFORM, Diary, make_absence, make_reason

# The Sunday on which the clocks go back, and the Monday after it.
DAYS = (date(2026, 10, 25), date(2026, 10, 26))
NOW = datetime(2026, 10, 24, 20, 0, tzinfo=PARIS)

hours = st.tuples(st.sampled_from([6, 0]), st.integers(0, 46), st.integers(1, 12), st.sampled_from(["everyone", "known", "staff"]))
spans = st.tuples(st.sampled_from(DAYS), st.integers(0, 94), st.integers(1, 12))
# Weekday or every day, from which half hour, how many of them, most visits, release (days before, minute).
quotas = st.tuples(
    st.sampled_from([None, 6, 0]), st.integers(0, 46), st.integers(1, 24), st.integers(0, 2), st.sampled_from([None, (0, 0), (1, 720)])
)  # fmt: skip
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
        "quotas": st.lists(quotas, max_size=2),
        "avoid_holes": st.booleans(),
        "shorter": st.sampled_from([None, 5, 10]),
    }
)


def instant(day: date, quarter: int) -> datetime:
    """In UTC: what is added to it is elapsed time."""
    return datetime(day.year, day.month, day.day, quarter // 4 % 24, quarter % 4 * 15, tzinfo=PARIS).astimezone(UTC)


def build(diary: Diary, plan: dict) -> None:
    """Make the cabinet's set-up and visits what the plan says."""
    for model in (Occupancy, Appointment, Absence, OpeningHours, Quota):
        model.objects.all().delete()
    VisitReason.objects.exclude(pk=diary.reason.pk).delete()
    bump_versions([diary.alma.id])  # what the verbs do with every change
    Practitioner.objects.update(works_on_holidays=True)
    before, after = plan["buffers"]
    VisitReason.objects.update(
        duration_minutes=plan["duration"], grid_minutes=plan["grid"], min_notice_minutes=plan["notice"],
        buffer_before_minutes=before, buffer_after_minutes=after, avoid_holes=plan["avoid_holes"],
    )  # fmt: skip
    if plan["shorter"]:
        make_reason(diary.alma, duration_minutes=plan["shorter"])
    for weekday, start, length, most, release in plan["quotas"]:
        Quota.objects.create(
            practitioner=diary.alma, weekday=weekday, start_minute=start * 30, end_minute=min(start * 30 + length * 30, 1440),
            channels=["website", "platform"], most_visits=most, release_days_before=release and release[0],
            release_minute=release and release[1],
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


def wall(minute: int) -> tuple[date, int]:
    local = instant_of(minute).astimezone(PARIS)
    return local.date(), local.hour * 60 + local.minute


def spent(plan: dict, minute: int) -> bool:
    """Is a quota that holds at this minute spent?"""
    day, at = wall(minute)
    for weekday, start, length, most, release in plan["quotas"]:
        low, high = start * 30, min(start * 30 + length * 30, 1440)
        if weekday not in (None, day.weekday()) or not low <= at < high:
            continue
        if release and datetime(day.year, day.month, day.day, release[1] // 60, tzinfo=PARIS) - timedelta(days=release[0]) <= NOW:
            continue
        starts = [wall(epoch_minute(instant(busy, quarter))) for busy, quarter, _length in plan["busy"]]
        if sum(one == day and low <= begun < high for one, begun in starts) >= most:
            return True
    return False


def oracle(plan: dict) -> list[int]:
    """The free starts, the slow obvious way: minute by minute on sets."""
    first = epoch_minute(datetime(2026, 10, 24, tzinfo=PARIS))
    minutes = range(first, first + 5 * 1440)
    anchors: dict[int, int] = {}
    for m in minutes:
        if open_minute(plan, m):
            anchors[m] = anchors.get(m - 1, m)

    def taken(spans) -> set[int]:
        starts = [(epoch_minute(instant(day, quarter)), length) for day, quarter, length in spans]
        return {m for start, length in starts for m in range(start, start + 15 * length)}

    away, busy = taken(plan["away"]), taken(plan["busy"])
    before, after = plan["buffers"]
    found = [
        m
        for m in anchors
        if (m - anchors[m]) % (plan["grid"] or plan["duration"]) == 0
        and wall(m)[0] in DAYS
        and all(one in anchors and one not in away for one in range(m, m + plan["duration"]))
        and all(one not in busy for one in range(m - before, m + plan["duration"] + after))
        and m >= epoch_minute(NOW) + plan["notice"]
        and not spent(plan, m)
    ]
    return without_holes(plan, found, anchors, away | busy) if plan["avoid_holes"] else found


def without_holes(plan: dict, found: list[int], anchors: dict[int, int], taken: set[int]) -> list[int]:
    """Of each range and day, the starts that leave no hole, or all of them."""
    shortest = min(plan["duration"], plan["shorter"] or plan["duration"])
    before, after = plan["buffers"]

    def gap(start: int, edge: int, step: int) -> int:
        length = 0
        while anchors.get(edge) == anchors[start] and edge not in taken:
            length, edge = length + 1, edge + step
        return length

    def leaves_a_hole(start: int) -> bool:
        gaps = gap(start, start - before - 1, -1), gap(start, start + plan["duration"] + after, 1)
        return any(0 < one < shortest for one in gaps)

    groups: dict[tuple, list[int]] = {}
    for start in found:
        groups.setdefault((anchors[start], wall(start)[0]), []).append(start)
    return [start for group in groups.values() for start in [one for one in group if not leaves_a_hole(one)] or group]


def check_each_way(diary: Diary, visitor: Visitor) -> list[int]:
    """What is listed; minute after minute around it, the rules let through exactly that."""
    offers = free_slots(visit_reason_id=diary.reason.id, start_date=DAYS[0], end_date=DAYS[1] + timedelta(days=1), now=NOW, visitor=visitor)
    listed = [slot.start_minute for offer in offers for slot in offer.slots]
    begins = [epoch_minute(datetime(2026, 10, 25, 6, tzinfo=PARIS)), epoch_minute(datetime(2026, 10, 26, 14, tzinfo=PARIS))]
    near = {minute + shift for minute in [*listed[:3], *listed[-2:], *begins] for shift in (-10, -5, 0, 5, 10, 30)}
    near = {minute for minute in near if wall(minute)[0] in DAYS}

    def lets_through(minute: int) -> bool:
        refusals = explain(
            visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, start=instant_of(minute), now=NOW, visitor=visitor
        )  # fmt: skip
        return all(one.severity == "warn" for one in refusals)

    assert {minute for minute in near if lets_through(minute)} == near & set(listed)
    return listed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plan=diaries)
def test_listed_times_are_those_of_the_oracle_and_of_the_rules(diary, plan):
    build(diary, plan)

    assert check_each_way(diary, Visitor(status=plan["status"], channel="website")) == oracle(plan)
    check_each_way(diary, Visitor(staff=True, channel="phone"))
